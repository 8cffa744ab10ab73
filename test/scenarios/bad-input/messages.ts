import { account } from "../../../src/local/arns.ts";
import { steadyUuid } from "../../../src/local/aws/account.ts";
import { eventBridgeMessage, queueNotification, type WaitingAction } from "../../../src/local/aws/lifecycle-messages.ts";
import { HOOK, LEAVING, type Outcome, type Stage } from "../drill.ts";

export const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
/** An instance that the drill does not have by itself. */
export const ANOTHER = "i-0bbbbbbbbbbbbbbb2";

/** One VM that migrates when it is asked to. */
export const oneVm = (cluster: Stage["cluster"], node: string): void =>
	void cluster.add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate" });

/** One VM whose migration outlasts whatever a test does meanwhile. */
export const slowVm = (cluster: Stage["cluster"], node: string): void =>
	void cluster.add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate", migrationSeconds: 600 });

/** The token that the embedded Auto Scaling gives when it terminates the instance for the first time. */
export const tokenOf = (hook: string = HOOK.name, instanceId: string = LEAVING): string =>
	steadyUuid("token", instanceId, hook, 1);

type Action = Partial<Omit<WaitingAction, "hook">> & { readonly hook?: string };

const actionOf = ({ hook = HOOK.name, instanceId = LEAVING, ...rest }: Action): WaitingAction => ({
	account,
	region: "eu-west-1",
	group: "workers",
	instanceId,
	hook: { ...HOOK, name: hook },
	token: tokenOf(hook, instanceId),
	at: START,
	...rest,
});

/** A lifecycle action as EventBridge tells of it, with Auto Scaling's own token unless another is given. */
export const lifecycleEvent = (action: Action = {}): string => eventBridgeMessage(actionOf(action));

/** The same as the hook itself tells the queue. */
export const lifecycleNotification = (action: Action = {}): string => queueNotification(actionOf(action));

/** A drain order for the instance that leaves; fields replace those of it, undefined takes one out. */
export const order = (fields: Readonly<Record<string, unknown>> = {}): string =>
	JSON.stringify({ kind: "drain", version: 1, requestId: "CHG-1", instanceId: LEAVING, reason: "new kernel", ...fields });

export const post = ({ ground }: Stage, queue: "events" | "orders", ...bodies: readonly string[]): Promise<unknown> =>
	Promise.all(bodies.map((body) => ground.queues.send(queue, body)));

/** Both queues are empty: every message was acknowledged or has gone to the dead letters. */
export const answered = ({ ground, until }: Stage): Promise<void> =>
	until(async () => {
		for (const queue of ["events", "orders"] as const) {
			const { ready, inFlight } = await ground.queues.inspect(queue);
			if (ready.length + inFlight.length > 0) return false;
		}
		return true;
	});

/** Everything that this instance's maintenance has to do is done. */
export async function released(stage: Stage, instanceId: string = LEAVING): Promise<void> {
	// Asking the record store every half second for an hour would take longer than all the rest.
	await stage.until(() => stage.says.some((line) => line.event === "safe to terminate" && line.instanceId === instanceId));
	await stage.until(async () => (await stage.record(instanceId))?.state === "released");
}

/** Hours are longer than `until` has patience for. */
export const minutes = ({ clock }: Pick<Stage, "clock">, count: number): Promise<void> => clock.sleep(count * MINUTE);

export type Kept = { readonly body: string; readonly reason: string; readonly source: string };

/** The quarantine: what nobody could act on, and why. */
export async function quarantine({ ground }: Stage): Promise<readonly Kept[]> {
	const { ready } = await ground.queues.inspect("quarantine");
	return ready.map(({ body, attributes: { reason = "", source = "" } }) => ({ body, reason, source }));
}

/** The bodies of the dead letters. */
export async function deadLetters({ ground }: Stage, queue: "events-dead" | "orders-dead"): Promise<readonly string[]> {
	return (await ground.queues.inspect(queue)).ready.map(({ body }) => body);
}

/** `outcome: why` of every log line about a message, in order. */
export const receipts = ({ says }: Pick<Stage, "says">): readonly string[] =>
	says.filter(({ event }) => event === "message").map(({ outcome, why }) => `${outcome}: ${why}`);

/** What must not happen twice: executions, evictions that count, answers to hooks, and how the instance ended. */
export function deeds({ ground, cluster }: Stage, instanceId: string = LEAVING) {
	const ofInstance = ground.aws.log.filter((event) => event.instanceId === instanceId);
	return {
		executions: ground.machine.list().map(({ name, status }) => `${name} ${status}`),
		evictions: cluster.audit.filter(
			({ user, path, body }) =>
				user.startsWith("evacuator-") && path.endsWith("/eviction") && !JSON.stringify(body).includes('"dryRun"'),
		).length,
		completed: ofInstance.flatMap((event) => (event.kind === "ended" ? [`${event.hook} ${event.how} ${event.result}`] : [])),
		taken: ofInstance.flatMap((event) => (event.kind === "taken" ? [event.why] : [])),
	};
}

/** What one undisturbed drain of `oneVm` by its hook does. */
export const onceOnly = {
	executions: [`${LEAVING}-1 SUCCEEDED`],
	evictions: 1,
	completed: [`${HOOK.name} completed CONTINUE`],
	taken: ["completed"],
};

/** What one drain of `oneVm` by order does: there is no hook to answer. */
export const onceByOrder = { executions: [`${LEAVING}-1 SUCCEEDED`], evictions: 1, completed: [], taken: [] };

/** What does nothing at all. */
export const nothing = { executions: [], evictions: 0, completed: [], taken: [] };

/** Minutes of virtual time at which the hook heard a heartbeat, over the whole drill. */
export const beats = ({ ground }: Stage, hook: string = HOOK.name): readonly number[] =>
	ground.aws.log.flatMap((event) =>
		event.kind === "heartbeat" && event.hook === hook ? [Math.floor((event.at - START) / MINUTE)] : [],
	);

/** The longest silence between two heartbeats of the hook, its beginning and its end included; seconds. */
export function longestSilence({ ground, clock }: Stage, hook: string = HOOK.name): number {
	const instants = ground.aws.log.flatMap((event) =>
		(event.kind === "heartbeat" || event.kind === "waiting" || event.kind === "ended") && event.hook === hook ? [event.at] : [],
	);
	const open = ground.aws.log.some((event) => event.kind === "ended" && event.hook === hook) ? [] : [clock.now()];
	const all = [...instants, ...open];
	return Math.max(...all.map((at, index) => (at - (all[index - 1] ?? at)) / 1000));
}

/** What the maintenance has come to, in a few words that every drain has. */
export const gist = ({ record }: Pick<Outcome, "record">) => ({
	state: record?.state,
	generation: record?.generation,
	vms: record?.vms.map(({ name, outcome }) => `${name} ${outcome?.kind}`),
	trouble: record?.trouble.map(({ kind }) => kind),
});

/** The gist of a drain of `oneVm` that went well. */
export const wellEnded = { state: "released", generation: 1, vms: ["web migrated"], trouble: [] };
