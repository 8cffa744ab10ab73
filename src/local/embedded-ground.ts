import type { AwsClients } from "../adapters/aws/clients.ts";
import type { World } from "../ports.ts";
import { account, machineArn, region } from "./arns.ts";
import { createEmbeddedAws, type EmbeddedAws } from "./aws/embedded-aws.ts";
import type { LocalWorkflow } from "./aws/states-api.ts";
import type { EmbeddedGroundOptions } from "./embedded-ground-options.ts";
import { executionStatusMessage } from "./execution-status-message.ts";
import { clientsOf, worldsOf } from "./function-worlds.ts";
import type { FunctionName } from "./invocation.ts";
import { startEventSourceMapping } from "./queues/event-source-mapping.ts";
import { createMemorySqs } from "./queues/memory-sqs.ts";
import { type Queues, startQueues } from "./queues/queues.ts";
import { createMemoryRecordStore } from "./records/memory-record-store.ts";
import { type RecordStore, startRecordStore } from "./records/record-store.ts";
import { startSchedule } from "./schedule.ts";
import { serviceIntegrations } from "./service-integrations.ts";
import { createStateMachine, type StateMachine } from "./workflow/state-machine.ts";

export type { FunctionName, Invocation } from "./invocation.ts";

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
