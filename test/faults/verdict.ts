import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { isOurs } from "../scenarios/stage.ts";
import type { FaultKind } from "./fault.ts";
import type { Sent } from "./messages.ts";
import { ordersAreObeyed } from "./orders-obeyed.ts";
import { LEAVING } from "./stage.ts";

/** What was broken, and how. */
export type Broken = { readonly law: string; readonly says: string };

/** What a run has left behind to be judged by. */
export type Evidence = {
	readonly clock: VirtualClock;
	readonly cluster: SimulatedCluster;
	readonly node: string;
	/** Every message that was put on a queue. */
	readonly sent: readonly Sent[];
	/** Every log line; `begun`: when the invocation that says it began. */
	readonly says: (Readonly<Record<string, unknown>> & { readonly begun: number })[];
	/** What was seen to be broken while it happened. */
	readonly broken: {
		readonly record: readonly string[];
		readonly disobeyed: readonly string[];
		readonly letGo: readonly string[];
	};
	readonly notices: { readonly subject: string; readonly message: string }[];
	readonly entered: { readonly execution: string; readonly state: string }[];
	/** Every CompleteLifecycleAction that left a function, by the true clock. */
	readonly completions: { readonly at: number; readonly token: string; readonly by: string; readonly lookBeganAt: number }[];
	/** Tokens that wait for an answer, with their hooks. */
	readonly live: Map<string, string>;
	/** When another Node of the same name appeared. */
	recreated: { readonly at: number; readonly unschedulable: boolean } | undefined;
	/** How often each kind of fault has struck. */
	readonly fired: ReadonlyMap<FaultKind, number>;
};

export type Judge = (evidence: Evidence, ground: EmbeddedGround) => readonly string[] | Promise<readonly string[]>;

/** Every message ends handled or kept, or is still on its way. */
const noMessageIsLost: Judge = async ({ sent, says }, { queues }) => {
	const settled = new Set(
		says.filter(({ event, outcome }) => event === "message" && outcome !== "retry").map(({ messageId }) => messageId),
	);
	const names = ["events", "orders", "events-dead", "orders-dead"] as const;
	const there = await Promise.all(names.map((name) => queues.inspect(name)));
	const kept = there.reduce((sum, { ready, inFlight }) => sum + ready.length + inFlight.length, 0);
	const lost = sent.filter(({ messageId }) => !settled.has(messageId));
	return lost.length > kept
		? [`${lost.length} of ${sent.length} messages were neither handled nor kept, ${kept} are still there`]
		: [];
};

/** A message that nobody can act on is in quarantine. */
const whatIsRefusedIsKept: Judge = async ({ says }, { queues }) => {
	const refused = new Set(
		says
			.filter(({ event, outcome }) => event === "message" && ["malformed", "unsupported", "foreign"].includes(String(outcome)))
			.map(({ messageId }) => messageId),
	);
	const { ready } = await queues.inspect("quarantine");
	return refused.size > ready.length ? [`${refused.size} messages were refused, and ${ready.length} are in quarantine`] : [];
};

/** The design's ten seconds, and what the record's last read and the request itself take. */
const FRESH_MS = 10_000 + 3_000;

const answersAreFresh: Judge = ({ completions }) =>
	completions
		.filter(({ at, lookBeganAt }) => at - lookBeganAt > FRESH_MS)
		.map(({ at, token, lookBeganAt }) => `${token} was completed ${(at - lookBeganAt) / 1_000} s after the look began`);

const noTryRepeatsItsAnswer: Judge = ({ completions }) => {
	const seen = new Set<string>();
	return completions.flatMap(({ token, by }) => {
		const known = seen.has(`${by} ${token}`);
		seen.add(`${by} ${token}`);
		return known ? [`${by} sent the answer to ${token} twice`] : [];
	});
};

/** A run ends; or it holds, and a human knows; or an execution of it goes on to the next look with its trouble told. */
const nothingEndsInSilence: Judge = async ({ notices, entered }, ground) => {
	const record = await ground.worldOf("intake").records.latest(LEAVING);
	if (!record || ["released", "gone", "restored"].includes(record.state)) return [];
	const executions = ground.machine.list().filter(({ status }) => status === "RUNNING");
	if (executions.length === 0) return [`maintenance ${LEAVING}-${record.generation} is ${record.state}, and nothing runs for it`];
	const where = entered.findLast(({ execution }) => execution === `${LEAVING}-${record.generation}`)?.state ?? "nowhere";
	if (notices.length === 0) return [`the drain is in ${where}, unfinished, and nobody was told`];
	const faulty = notices.at(-1)?.subject.includes("after a fault") ?? false;
	return record.trouble.length > 0 || faulty ? [] : [`the drain is in ${where}, unfinished, and its record knows no trouble`];
};

const answeredOrHeld: Judge = async ({ live, clock }, ground) => {
	const record = await ground.worldOf("intake").records.latest(LEAVING);
	if (record?.state !== "released" || live.size === 0) return [];
	const open = [...live].filter(([token]) => record.hooks.some((hook) => hook.token === token));
	return clock.now() - (record.closedAt ?? 0) > 60_000
		? open.map(([, hook]) => `the drain is over, and hook ${hook} was not answered`)
		: [];
};

/** A Node that has our node's name and is another one. */
const namesakeIsUntouched: Judge = ({ cluster, node, recreated }) => {
	if (recreated === undefined) return [];
	const there = cluster.store.get("nodes", undefined, node);
	const annotations = Object.keys(there?.metadata.annotations ?? {}).filter((name) => name.includes("evacuator"));
	const writes = cluster.audit.filter(
		({ at, user, verb, path, code }) =>
			at > recreated.at && isOurs(user) && verb === "patch" && path.endsWith(`/nodes/${node}`) && code < 300,
	);
	return [
		...(there?.spec?.unschedulable === true && !recreated.unschedulable ? [`the namesake of ${node} is cordoned`] : []),
		...(annotations.length > 0 ? [`the namesake of ${node} has annotations of ours`] : []),
		...(writes.length > 0 ? [`the namesake of ${node} was patched`] : []),
	];
};

const PAUSE_MS = 5_000;

/**
 * A pod that its budget keeps is not asked for again within five seconds; but for the repetition of a step that is still under
 * way, which cannot know of it.
 */
const refusalsPause: Judge = ({ cluster, fired }) => {
	const refusedAt = new Map<string, number>();
	const tooSoon = cluster.audit.flatMap(({ at, user, path, code }) => {
		if (!isOurs(user) || !path.endsWith("/eviction") || path.includes("virt-launcher")) return [];
		const before = refusedAt.get(path);
		if (code === 429) refusedAt.set(path, at);
		return before !== undefined && at - before < PAUSE_MS
			? [`${path} was asked for ${(at - before) / 1_000} s after it was refused`]
			: [];
	});
	return tooSoon.slice(fired.get("step overtaken by its repetition") ?? 0);
};

/** One execution per generation, which knows nothing but its key. */
const everyGenerationRunsOnce: Judge = (_, { machine }) => {
	const inputs = machine.list().map(({ input }) => input);
	const twice = [...new Set(inputs.filter((input, index) => inputs.indexOf(input) !== index))];
	return twice.map((input) => `several executions were started for ${input}`);
};

const judges: Readonly<Record<string, Judge>> = {
	"message lost": noMessageIsLost,
	"message not kept": whatIsRefusedIsKept,
	"late answer": answersAreFresh,
	"answer twice": noTryRepeatsItsAnswer,
	silence: nothingEndsInSilence,
	"answer missing": answeredOrHeld,
	namesake: namesakeIsUntouched,
	pause: refusalsPause,
	"order misread": ordersAreObeyed,
	"two executions": everyGenerationRunsOnce,
	record: ({ broken }) => [...new Set(broken.record)],
	disobeyed: ({ broken }) => broken.disobeyed,
	"let go": ({ broken }) => broken.letGo,
};

/** What a run has broken, beside the two laws. */
export async function verdictOn(evidence: Evidence, ground: EmbeddedGround): Promise<readonly Broken[]> {
	const broken: Broken[] = [];
	for (const [law, judge] of Object.entries(judges)) {
		for (const says of await judge(evidence, ground)) broken.push({ law, says });
	}
	return broken;
}
