import { readFileSync } from "node:fs";
import type { Context } from "aws-lambda";
import type { onGround } from "../../lambdas/world.ts";
import type { createAwsClients } from "../../src/adapters/aws/clients.ts";
import type { createInstances } from "../../src/adapters/aws/instances.ts";
import type { createNotices } from "../../src/adapters/aws/notices.ts";
import type { createRecords } from "../../src/adapters/aws/records.ts";
import { createSlots } from "../../src/adapters/aws/slots.ts";
import type { createWorkflow } from "../../src/adapters/aws/workflow.ts";
import type { createCluster } from "../../src/adapters/kubernetes/cluster.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { FunctionName, Invocation } from "../../src/local/embedded-ground.ts";
import type { Stage } from "../scenarios/drill.ts";
import { synthesised } from "../scenarios/stage.ts";

/**
 * Functions and definition of this program as they were, kept by `freeze.ts`: our own code in one bundle, beside today's
 * libraries. A bundle says more than records that it wrote, for it also reads and rewrites what today's code has written,
 * and history cannot be relied on where a checkout is shallow.
 */
export const frozen = ["2026-11-27"] as const;
export type Frozen = (typeof frozen)[number];

type Handler = (event: unknown, context: Context) => Promise<unknown>;
type Functions = Readonly<Partial<Record<FunctionName, Handler>>> & {
	readonly onGround: typeof onGround;
	readonly createAwsClients: typeof createAwsClients;
	readonly createInstances: typeof createInstances;
	readonly createNotices: typeof createNotices;
	readonly createRecords: typeof createRecords;
	readonly createWorkflow: typeof createWorkflow;
	readonly createCluster: typeof createCluster;
};

const region = "eu-west-1";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The definition as it was, over the functions, the table and the topic of the embedded ground. */
export function definitionOf(version: Frozen): unknown {
	const { definition, functionOf, tableName, topicArn } = synthesised();
	const arns = Object.values(definition.States).map(({ Resource }) => String(Resource));
	const names: Readonly<Record<string, string>> = { table: tableName, topic: topicArn };
	const text = readFileSync(new URL(`./${version}/definition.json`, import.meta.url), "utf8");
	return JSON.parse(text, (_, value: unknown) => {
		if (typeof value !== "string") return value;
		const name = /^function:(.+)$/.exec(value)?.[1];
		return name ? arns.find((arn) => functionOf(arn) === name) : (names[value] ?? value);
	});
}

/** Runs the functions as they were, over their own adapters, on the ground of this stage. */
export async function functionsOf(version: Frozen, { ground, clock, cluster, tokens }: Stage, hookNames: readonly string[]) {
	const old = (await import(`./${version}/functions.mjs`)) as Functions;
	const here = { requestHandler: ground.aws.requestHandler };
	const clients = old.createAwsClients({
		region,
		credentials,
		grounds: {
			autoScaling: here,
			ec2: here,
			sfn: here,
			dynamodb: ground.store.ground,
			sqs: ground.queues.ground,
		},
	});
	const common = {
		instances: old.createInstances(clients),
		records: old.createRecords(clients, ground.store.table),
		slots: createSlots(clients, ground.store.table),
		workflow: old.createWorkflow(clients, ground.machine.arn),
		notices: old.createNotices(clients, { quarantineUrl: ground.queues.url("quarantine"), write: () => {} }),
		clock,
		policy: strictPolicy,
	};
	return ({ name, event, requestId, ordersQueueArn }: Invocation): Promise<unknown> => {
		const handler = old[name];
		if (!handler) throw new Error(`cannot run ${name}: there was no such function in ${version}`);
		const authorize = async () => ({ authorization: `Bearer ${tokens[name]}` });
		const reach = old.createCluster({ name: cluster.name, send: (request) => cluster.handle(request), clock, authorize });
		const world = { ...common, clusters: new Map([[cluster.name, reach]]) };
		const environment = { EVACUATOR_HOOKS: [...hookNames], EVACUATOR_ORDERS_QUEUE_ARN: ordersQueueArn };
		const context = { functionName: name, awsRequestId: requestId, getRemainingTimeInMillis: () => 900_000 } as Context;
		return old.onGround({ world, environment }, () => handler(event, context));
	};
}
