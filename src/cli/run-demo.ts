import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { realClock } from "../adapters/real-clock.ts";
import { nameOf } from "../domain/namespaced-name.ts";
import { account } from "../local/arns.ts";
import type { AccountEvent } from "../local/aws/account.ts";
import { eventBridgeMessage } from "../local/aws/lifecycle-messages.ts";
import type { SimulationClock } from "../local/clock/simulation-clock.ts";
import type { Telling } from "./demo-event.ts";
import { type DemoGround, group, hook, nodesOf, startDemoGround } from "./demo-ground.ts";
import { type Ending, endingOfReceipt, endings } from "./ending.ts";
import { figuresOf } from "./figures-of.ts";
import { accountFollower } from "./follow-account.ts";
import { followCluster, vmOfPodIn } from "./follow-cluster.ts";
import { tellingOfLine } from "./follow-functions.ts";
import { invokeHandler } from "./invoke-handler.ts";
import { createNarrator, type NarratorOptions } from "./narrator.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { spectator } from "./spectator.ts";
import { statesTold } from "./states-told.ts";

/** `speed`: how many times as fast as real time the clock runs. `interrupted` resolves when somebody wants to stop. */
type DemoOptions = NarratorOptions & {
	readonly scenario: Scenario;
	readonly speed: number;
	readonly interrupted: Promise<void>;
};

/** Simulated; a drain that takes longer has gone wrong. */
const PATIENCE_MS = 2 * 3_600_000;

const exitCodes = { released: 0, held: 1, failed: 1, interrupted: 130 } as const;

/**
 * Brings everything up, has Auto Scaling terminate the instance, posts the event and waits until the maintenance is
 * released or held. Stops everything again; answers the exit code.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
	const { scenario, clock, interrupted } = options;
	const { promise: ending, resolve: end, reject: fail } = Promise.withResolvers<Ending>();
	const narrator = createNarrator(options);
	const { tell } = narrator;
	const endingOf = endings();
	const ground: DemoGround = await startDemoGround({
		clock,
		policy: scenario.policy,
		seed: scenario.seed,
		invoke: spectator(invokeHandler([hook.name]), scenario.policy, tell),
		onSay: (line) => {
			const telling = tellingOfLine(line, (pod) => vmOfPodIn(ground.cluster)(pod));
			if (!telling) return;
			tell(telling);
			const refused = telling.kind === "received" ? endingOfReceipt(telling.outcome, telling.why) : undefined;
			if (refused) end(refused);
		},
		onExecutionEvent: (event) => {
			if (event.type === "entered" && statesTold.includes(event.state)) tell({ kind: "state", state: event.state });
			endingOf(event, () => ground.records.latest(ground.leaving.instanceId)).then((found) => found && end(found), fail);
		},
	});
	try {
		const began = { there: clock.now(), here: realClock.now() };
		tell(beginning(options, ground));
		narrator.follow({
			news: accountFollower(ground.aws.log),
			subscribe: (hear) => followCluster(ground.cluster, ground.leaving.node, clock, hear),
		});
		const drain = async (): Promise<Ending> => {
			await post(ground, clock, tell);
			const ended = await clock.within(Promise.race([ending, stopped(interrupted)]), PATIENCE_MS);
			return ended ?? tooLong;
		};
		const { outcome, because } = await clock.thread(drain);
		const { instanceId } = ground.leaving;
		const took = { there: clock.now() - began.there, here: realClock.now() - began.here };
		const figures = figuresOf(ground, took);
		narrator.end({ kind: "result", outcome, exitCode: exitCodes[outcome], instanceId, because, figures });
		return exitCodes[outcome];
	} finally {
		narrator.end();
		await ground.stop();
	}
}

const stopped = (interrupted: Promise<void>): Promise<Ending> =>
	interrupted.then(() => ({ outcome: "interrupted", because: ["Interrupted; nothing goes on."] }));

const tooLong: Ending = { outcome: "failed", because: ["The drain came to no end within two simulated hours."] };

function beginning({ scenario, speed }: DemoOptions, { cluster, leaving }: DemoGround): Telling {
	return {
		kind: "begin",
		scenario: scenario.name,
		says: scenario.says,
		speed,
		cluster: cluster.name,
		nodes: nodesOf(cluster),
		...leaving,
		group,
		hook: hook.name,
		hookSeconds: hook.heartbeatTimeoutSeconds,
		mayEnd: scenario.policy.mayEnd.map(nameOf),
	};
}

/** Auto Scaling begins to terminate the instance; the event goes into the queue as EventBridge would put it there. */
async function post(
	{ aws, queues, leaving }: DemoGround,
	clock: SimulationClock,
	tell: (telling: Telling) => void,
): Promise<void> {
	const { instanceId } = leaving;
	aws.terminate(instanceId, "the group's desired capacity went from 4 to 3");
	const { token, at } = await waiting(aws.log, clock);
	tell({ kind: "waiting", hook: hook.name, dueAt: at + hook.heartbeatTimeoutSeconds * 1000 });
	const body = eventBridgeMessage({ account, region: queues.region, group, instanceId, hook, token, at });
	const message = new SendMessageCommand({ QueueUrl: queues.url("events"), MessageBody: body });
	const { MessageId = "" } = await queues.sqs.send(message);
	tell({ kind: "message", queue: "events", messageId: MessageId, body: JSON.parse(body) });
}

type Waiting = AccountEvent & { readonly kind: "waiting" };

async function waiting(log: readonly AccountEvent[], clock: SimulationClock): Promise<Waiting> {
	for (;;) {
		const found = log.find((event): event is Waiting => event.kind === "waiting");
		if (found) return found;
		await clock.sleep(100);
	}
}
