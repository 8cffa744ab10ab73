import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import type { Evidence, Judge } from "./evidence.ts";
import { namesakeIsUntouched } from "./namesake-untouched.ts";
import { ordersAreObeyed } from "./orders-obeyed.ts";
import { LEAVING } from "./stage.ts";
import { nothingStaysOfIt } from "./taken-back.ts";

/** What was broken, and how. */
export type Broken = { readonly law: string; readonly says: string };

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
		.map(({ at, hook, lookBeganAt }) => `${hook} was completed ${(at - lookBeganAt) / 1_000} s after the look began`);

const noTryRepeatsItsAnswer: Judge = ({ completions }) => {
	const seen = new Set<string>();
	return completions.flatMap(({ hook, by }) => {
		const known = seen.has(`${by} ${hook}`);
		seen.add(`${by} ${hook}`);
		return known ? [`${by} sent the answer to ${hook} twice`] : [];
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
	// Sweep finds hooks whose tokens nobody has told.
	const open = [...live].filter(([token, name]) =>
		record.hooks.some((hook) => (hook.token === undefined ? hook.hook === name : hook.token === token)),
	);
	return clock.now() - (record.closedAt ?? 0) > 60_000
		? open.map(([, hook]) => `the drain is over, and hook ${hook} was not answered`)
		: [];
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
	"not taken back": nothingStaysOfIt,
	pause: ({ broken }) => broken.pause,
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
