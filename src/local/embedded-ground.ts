import { type AwsClients, createAwsClients, type Ground } from "../adapters/aws/clients.ts";
import { createInstances } from "../adapters/aws/instances.ts";
import { createNotices } from "../adapters/aws/notices.ts";
import { createRecords } from "../adapters/aws/records.ts";
import { createSlots } from "../adapters/aws/slots.ts";
import { createWorkflow } from "../adapters/aws/workflow.ts";
import { createCluster } from "../adapters/kubernetes/cluster.ts";
import type { Send } from "../adapters/kubernetes/send.ts";
import type { Policy } from "../domain/policy.ts";
import type { Clock, Cluster, World } from "../ports.ts";
import type { AccountEvent, TakenBecause } from "./aws/account.ts";
import { type Boundary, behindBoundary } from "./aws/boundary.ts";
import { createEmbeddedAws, type EmbeddedAws } from "./aws/embedded-aws.ts";
import { createInProcessClients } from "./aws/in-process-clients.ts";
import type { LocalWorkflow } from "./aws/states-api.ts";
import type { SimulationClock } from "./clock/simulation-clock.ts";
import { executionStatusMessage } from "./execution-status-message.ts";
import { type Delivery, startEventSourceMapping } from "./queues/event-source-mapping.ts";
import { createMemorySqs } from "./queues/memory-sqs.ts";
import { type Queues, startQueues } from "./queues/queues.ts";
import { createMemoryRecordStore } from "./records/memory-record-store.ts";
import { type RecordStore, startRecordStore } from "./records/record-store.ts";
import { startSchedule } from "./schedule.ts";
import { type Notice, serviceIntegrations } from "./service-integrations.ts";
import type { ExecutionEvent } from "./workflow/execution-event.ts";
import { createStateMachine, type StateMachine } from "./workflow/state-machine.ts";

export type FunctionName = "intake" | "assess" | "cordon" | "admit" | "evict" | "watch" | "release" | "restore" | "sweep";

/** One invocation: which function, with what, on which world, and the request's id, which is the only one of its kind. */
export type Invocation = {
	readonly name: FunctionName;
	readonly event: unknown;
	readonly requestId: string;
	readonly world: World;
	readonly ordersQueueArn: string;
};

/** A cluster as each function reaches it: in its own name. */
export type EmbeddedCluster = {
	readonly name: string;
	readonly connectAs: (name: FunctionName) => Cluster;
};

/** A cluster behind one transport, to which the functions are known by their tokens. */
export function clusterByTokens(options: {
	readonly name: string;
	readonly server?: string;
	readonly send: Send;
	readonly clock: Clock;
	readonly tokenOf: (name: FunctionName) => string;
}): EmbeddedCluster {
	const { tokenOf, ...reach } = options;
	const authorize = (name: FunctionName) => async () => ({ authorization: `Bearer ${tokenOf(name)}` });
	return { name: options.name, connectAs: (name) => createCluster({ ...reach, authorize: authorize(name) }) };
}

export type EmbeddedGroundOptions = {
	readonly clock: SimulationClock;
	readonly clusters: readonly EmbeddedCluster[];
	/** The synthesised definition, the step that a Task calls, and the table as the definition names it. */
	readonly definition: unknown;
	readonly functionOf: (resource: string) => FunctionName | undefined;
	readonly functionSeconds: Readonly<Record<FunctionName, number>>;
	/** How the queues of the stack hand their messages to intake. */
	readonly delivery: Delivery & { readonly maxReceiveCount: number };
	readonly tableName: string;
	/** Queues and records as emulators on loopback, or as functions in this process. Default: emulators. */
	readonly served?: "on loopback" | "in process";
	/** What lies between the functions and AWS. Default: nothing. */
	readonly boundary?: Boundary;
	/** Seconds from one sweep to the next; without it there is no schedule, for an account that holds nothing to look for. */
	readonly sweepSeconds?: number;
	readonly policy: Policy;
	/** Calls the function's handler. */
	readonly invoke: (invocation: Invocation) => Promise<unknown>;
	readonly onTaken?: (instanceId: string, why: TakenBecause) => void;
	/** Everything that happens in Auto Scaling and EC2. */
	readonly onAccountEvent?: (event: AccountEvent) => void;
	readonly onExecutionEvent?: (event: ExecutionEvent) => void;
	readonly onNotice?: (notice: Notice) => void;
	/** One log line of a function, parsed. */
	readonly onSay?: (line: Readonly<Record<string, unknown>>) => void;
};

export type EmbeddedGround = {
	readonly aws: EmbeddedAws;
	readonly queues: Queues;
	readonly store: RecordStore;
	readonly machine: StateMachine;
	/** What the functions see, in the name of this function. */
	worldOf(name: FunctionName): World;
	/** Calls Sweep now, beside its schedule. */
	sweep(): Promise<unknown>;
	stop(): Promise<void>;
};

const region = "eu-west-1";
/** The account that the embedded ground plays. */
export const account = "111122223333";
const machineArn = `arn:aws:states:${region}:${account}:stateMachine:Evacuator`;
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/**
 * The whole deployment in this process: queues, functions, definition, records, Auto Scaling and EC2, over the same
 * adapters as on AWS.
 */
export async function startEmbeddedGround(options: EmbeddedGroundOptions): Promise<EmbeddedGround> {
	const { clock, delivery } = options;
	const { maxReceiveCount } = delivery;
	const inProcess = options.served === "in process";
	const queues = await startQueues({ clock, region, maxReceiveCount, ...(inProcess && { server: createMemorySqs }) });
	const startStore = inProcess ? createMemoryRecordStore : startRecordStore;
	const store = await startStore({ region, table: options.tableName });
	const aws = startAccount(options, queues, {
		start: (name, input) => machine.start(name, input),
		describe: (name) => machine.describe(name),
	});
	const clients = clientsOf(aws, queues, store, options.boundary);
	const worldOf = worldsOf(options, clients, queues);
	const invoke = invoker(options, queues, worldOf);
	const machine: StateMachine = startMachine(options, clients, queues, invoke);
	const mappings = (["events", "orders"] as const).map((queue) =>
		startEventSourceMapping({
			clock,
			queues,
			queue,
			delivery,
			timeoutSeconds: options.functionSeconds.intake,
			invoke: (event) => invoke("intake", event),
		}),
	);
	const sweep = () => invoke("sweep", {});
	const cancelSweeps = startSchedule(clock, options.sweepSeconds, sweep);
	return {
		aws,
		queues,
		store,
		machine,
		worldOf,
		sweep,
		async stop() {
			cancelSweeps();
			for (const mapping of mappings) await mapping.stop();
			for (const client of Object.values(clients)) client.destroy();
			await Promise.all([queues.stop(), store.stop()]);
		},
	};
}

function startAccount(options: EmbeddedGroundOptions, queues: Queues, workflow: LocalWorkflow): EmbeddedAws {
	return createEmbeddedAws({
		clock: options.clock,
		account,
		region,
		deliver: (queue, body) => queues.send(queue, body),
		...(options.onTaken && { onTaken: options.onTaken }),
		...(options.onAccountEvent && { onEvent: options.onAccountEvent }),
		workflow,
	});
}

function clientsOf(
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
function worldsOf(options: EmbeddedGroundOptions, clients: AwsClients, queues: Queues): (name: FunctionName) => World {
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

type Invoke = (name: FunctionName, event: unknown) => Promise<unknown>;

function invoker(options: EmbeddedGroundOptions, queues: Queues, worldOf: (name: FunctionName) => World): Invoke {
	let invocations = 0;
	return (name, event) => {
		invocations += 1;
		const requestId = `${name}-${invocations}`;
		return options.invoke({ name, event, requestId, world: worldOf(name), ordersQueueArn: queues.arn("orders") });
	};
}

function startMachine(options: EmbeddedGroundOptions, clients: AwsClients, queues: Queues, invoke: Invoke): StateMachine {
	const { clock, definition, functionOf, functionSeconds, onExecutionEvent, onNotice = () => {} } = options;
	return createStateMachine({
		definition,
		arn: machineArn,
		clock,
		lambda: (arn) => {
			const name = functionOf(arn);
			return name && ((event) => invoke(name, event));
		},
		lambdaTimeoutSeconds: (arn) => {
			const name = functionOf(arn);
			return name && functionSeconds[name];
		},
		integrations: serviceIntegrations(clients, onNotice),
		...(onExecutionEvent && { onEvent: onExecutionEvent }),
		onStatus: (description) => {
			const body = executionStatusMessage(description);
			// As EventBridge does it: later, and from a thread of nobody's.
			if (body) clock.at(1_000, () => void clock.thread(() => queues.send("events", body)));
		},
	});
}
