import { type AwsClients, createAwsClients, type Ground } from "../adapters/aws/clients.ts";
import { createInstances } from "../adapters/aws/instances.ts";
import { createNotices } from "../adapters/aws/notices.ts";
import { createRecords } from "../adapters/aws/records.ts";
import { createSlots } from "../adapters/aws/slots.ts";
import { createWorkflow } from "../adapters/aws/workflow.ts";
import type { World } from "../ports.ts";
import { machineArn, region } from "./arns.ts";
import { type Boundary, behindBoundary } from "./aws/boundary.ts";
import type { EmbeddedAws } from "./aws/embedded-aws.ts";
import { createInProcessClients } from "./aws/in-process-clients.ts";
import type { EmbeddedGroundOptions } from "./embedded-ground-options.ts";
import type { FunctionName } from "./invocation.ts";
import type { Queues } from "./queues/queues.ts";
import type { RecordStore } from "./records/record-store.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** What the functions and the definition call AWS with. */
export function clientsOf(
	{ requestHandler }: EmbeddedAws,
	queues: Queues,
	store: RecordStore,
	boundary: Boundary | undefined,
): AwsClients {
	const here = { requestHandler };
	const behind = (ground: Ground) => (boundary ? behindBoundary(ground, boundary) : ground);
	const account = behind(here);
	const grounds = {
		autoScaling: account,
		ec2: account,
		sfn: account,
		dynamodb: behind(store.ground),
		sqs: behind(queues.ground),
	};
	const create = "endpoint" in store.ground ? createAwsClients : createInProcessClients;
	return create({ region, credentials, grounds });
}

/** One world for each function; they differ in whose name the clusters are asked in. */
export function worldsOf(options: EmbeddedGroundOptions, clients: AwsClients, queues: Queues): (name: FunctionName) => World {
	const { clock, policy, clusters, tableName, onSay = () => {} } = options;
	const common = {
		instances: createInstances(clients),
		records: createRecords(clients, tableName),
		slots: createSlots(clients, tableName),
		workflow: createWorkflow(clients, machineArn),
		notices: createNotices(clients, {
			quarantineUrl: queues.url("quarantine"),
			write: (line) => onSay(JSON.parse(line) as Readonly<Record<string, unknown>>),
		}),
		clock,
		policy,
	};
	const worlds = new Map<FunctionName, World>();
	return (name) => {
		const world = worlds.get(name) ?? {
			...common,
			clusters: new Map(clusters.map((cluster) => [cluster.name, cluster.connectAs(name)])),
		};
		worlds.set(name, world);
		return world;
	};
}
