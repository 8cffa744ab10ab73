import type { Look } from "../domain/look.ts";
import { followStories } from "../domain/outcomes.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { withRefusals, withStories, withSurvey, withTrouble } from "../domain/record-changes.ts";
import type { Trouble } from "../domain/trouble.ts";
import { newTroubles, troublesOf } from "../domain/trouble-of.ts";
import type { World } from "../ports.ts";
import { changeFrom } from "./maintenance-record.ts";

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
		const told = withRefusals(withStories(was, followStories(was, look, now)), {}, present);
		const surveyed = look.surroundings === undefined ? told : withSurvey(told, look.began);
		const troubles = troublesOf(look, surveyed, world.policy, now);
		news = newTroubles(was.trouble, troubles);
		return withTrouble(surveyed, troubles);
	});
	for (const { kind, about, says } of news)
		world.notices.say({ event: "trouble", maintenance: executionName(record), kind, about, says });
	return { record: after ?? record, news };
}

const SUBJECT_LIMIT = 100;

/** The notice that the execution publishes; nothing when there is no news. */
export function noticeOf(news: readonly Trouble[], record: MaintenanceRecord): { tell?: { subject: string; message: string } } {
	if (news.length === 0) return {};
	const subject = `Evacuator ${executionName(record)}: ${[...new Set(news.map(({ kind }) => kind))].join(", ")}`;
	return { tell: { subject: subject.slice(0, SUBJECT_LIMIT), message: news.map(({ says }) => says).join("\n") } };
}
