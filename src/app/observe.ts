import { vmNodesOf } from "../domain/breaker.ts";
import { heartbeatsRefused } from "../domain/heartbeats.ts";
import type { Look } from "../domain/look.ts";
import { newsOf, withTold } from "../domain/news.ts";
import { followStories } from "../domain/outcomes.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { withRefusals, withTrouble } from "../domain/record-changes.ts";
import { shortened } from "../domain/shortened.ts";
import { stalled, withLeft, withTroubleOver } from "../domain/standstill.ts";
import type { Decision } from "../domain/step-result.ts";
import { withStories } from "../domain/story-changes.ts";
import { withSurvey } from "../domain/survey.ts";
import { isOfHook, type Trouble } from "../domain/trouble.ts";
import { newTroubles, troublesOf } from "../domain/trouble-of.ts";
import { withUncordoned } from "../domain/unproven.ts";
import type { World } from "../ports.ts";
import { changeFrom, changeRecord } from "./maintenance-record.ts";

/** The record with what a look shows, and the troubles that nobody has been told of. */
export type Observed = { readonly record: MaintenanceRecord; readonly news: readonly Trouble[] };

/**
 * Writes what a look shows into the record: the stories of the VMs, what a human must know, refusals of pods that are
 * still there. Writes nothing when it shows nothing new.
 */
export async function observe(look: Look, record: MaintenanceRecord, world: World): Promise<Observed> {
	const now = world.clock.now();
	let news: readonly Trouble[] = [];
	const present = look.pods.map(({ uid }) => uid);
	const after = await changeFrom(record, world, (was) => {
		const followed = withRefusals(withStories(was, followStories(was, look, now)), {}, present);
		const counted = withUncordoned(withLeft(followed, look, now), look, now);
		const surveyed = look.surroundings === undefined ? counted : withSurvey(counted, look.began, vmNodesOf(look));
		const timed = withTroubleOver(surveyed, troublesOf(look, surveyed, world.policy, now), now);
		const troubles = troublesOf(look, timed, world.policy, now);
		// What the caller knew, not what is stored: a write whose answer was lost has told nobody.
		news = newsOf(record, troubles, now);
		return withTold(withTrouble(timed, troubles), news, now);
	});
	sayAll(news, record, world);
	return { record: after ?? record, news };
}

/**
 * What is observed, and where the decision is to hold what Hold cannot tell: heartbeats that are refused, and the reason,
 * when it is none that a human knows of.
 */
export async function withReason(decision: Decision, observed: Observed, world: World): Promise<Observed> {
	const { record, news } = observed;
	if (decision.next !== "hold") return observed;
	const isKnown = record.trouble.some((one) => !isOfHook(one));
	const reasons = isKnown ? [] : [stalled(record.node?.name ?? record.instanceId, decision.why)];
	const more = newTroubles(record.trouble, [...heartbeatsRefused(record, world.clock.now(), true), ...reasons]);
	if (more.length === 0) return observed;
	const after = await changeRecord(record, world, (was) => withTrouble(was, [...record.trouble, ...more]));
	sayAll(more, record, world);
	return { record: after ?? record, news: [...news, ...more] };
}

/** One log line for each. */
export function sayAll(news: readonly Trouble[], record: MaintenanceRecord, { notices }: World): void {
	for (const { kind, about, says } of news)
		notices.say({ event: "trouble", maintenance: executionName(record), kind, about, says });
}

const SUBJECT_LIMIT = 100;

/** With it the state of an execution stays under 2 KB, whatever the drain; the record has all the rest. */
const MESSAGE_LIMIT = 1_000;
const LINE_LIMIT = 600;

/** As many lines as a notice holds, and how many more there are. */
function linesOf(news: readonly Trouble[]): string {
	const lines: string[] = [];
	for (const { says } of news) {
		const line = shortened(says, LINE_LIMIT);
		if (lines.length > 0 && [...lines, line].join("\n").length > MESSAGE_LIMIT) break;
		lines.push(line);
	}
	const rest = news.length - lines.length;
	return [...lines, ...(rest > 0 ? [`${rest} more: see the record's trouble.`] : [])].join("\n");
}

/** The notice that the execution publishes; nothing when there is no news. */
export function noticeOf(news: readonly Trouble[], record: MaintenanceRecord): { tell?: { subject: string; message: string } } {
	if (news.length === 0) return {};
	const subject = `Evacuator ${executionName(record)}: ${[...new Set(news.map(({ kind }) => kind))].join(", ")}`;
	return { tell: { subject: subject.slice(0, SUBJECT_LIMIT), message: linesOf(news) } };
}
