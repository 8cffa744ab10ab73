import type { Refusal, VmStory } from "./record.ts";
import { shortened } from "./shortened.ts";

/**
 * How much a record holds. A DynamoDB item may have 400 KB; what looks show keeps under 300 KB of it with 500 VMs of the
 * longest names, and the rest of a record under 250 KB. JSON is never shorter than what DynamoDB counts.
 */
const STORIES_BYTES = 190_000;
const REFUSALS_BYTES = 80_000;
/** The whole of a refusal's reason matters to a human; where many pods are refused, its beginning has to do. */
const SHORT_WHY = 64;
const REQUESTS = 200;
const ALLOWANCES = 500;

/** What was kept of the stories, and how many were not: of VMs that had left, and of others. */
type KeptStories = { readonly vms: readonly VmStory[]; readonly ended: number; readonly present: number };

/**
 * As many stories as a record holds. Where they are too many, those that have ended lose their reason first, then the
 * oldest of them go, then the last begun of the others. A VM that lacks room keeps its story before all others, since the
 * looks between two surveys depend on it.
 */
export function keptStories(vms: readonly VmStory[]): KeptStories {
	if (bytesOf(vms) <= STORIES_BYTES) return { vms, ended: 0, present: 0 };
	const brief = vms.map((story) => (story.outcome && story.fate.why !== "" ? withoutWhy(story) : story));
	const order = brief.map((story, index) => ({ story, index })).toSorted(firstToGo);
	const gone = new Set<VmStory>();
	let bytes = bytesOf(brief);
	for (const { story } of order) {
		if (bytes <= STORIES_BYTES) break;
		gone.add(story);
		bytes -= bytesOf(story) + 1;
	}
	const ended = [...gone].filter(({ outcome }) => outcome).length;
	return { vms: brief.filter((story) => !gone.has(story)), ended, present: gone.size - ended };
}

const withoutWhy = (story: VmStory): VmStory => ({ ...story, fate: { ...story.fate, why: "" } });

type Placed = { readonly story: VmStory; readonly index: number };

const firstToGo = (a: Placed, b: Placed): number =>
	turnToGo(a.story) - turnToGo(b.story) || (a.story.outcomeAt ?? 0) - (b.story.outcomeAt ?? 0) || b.index - a.index;

const turnToGo = ({ outcome, fate }: VmStory): number => (outcome ? 0 : fate.until === "room" ? 2 : 1);

type Refused = readonly [uid: string, refusal: Refusal];

/** As many refusals as a record holds: where they are too many, with less of their reasons, then those that pause longest. */
export function keptRefusals(refusals: readonly Refused[]): readonly Refused[] {
	if (bytesOf(refusals) <= REFUSALS_BYTES) return refusals;
	const brief = refusals.map(([uid, refusal]): Refused => {
		const why = shortened(refusal.why, SHORT_WHY);
		return [uid, why === refusal.why ? refusal : { ...refusal, why }];
	});
	const longestFirst = brief.toSorted(([, a], [, b]) => b.nextAt - a.nextAt);
	const kept = new Set<string>();
	let bytes = 0;
	for (const refused of longestFirst) {
		bytes += bytesOf(refused) + 1;
		if (bytes > REFUSALS_BYTES) break;
		kept.add(refused[0]);
	}
	return brief.filter(([uid]) => kept.has(uid));
}

/** The newest requests. A message that comes again after so many others is merged again, which changes nothing. */
export const keptRequests = (requests: readonly string[]): readonly string[] => requests.slice(-REQUESTS);

/** The newest allowances: where one is forgotten the drain holds for that VM and says so. */
export const keptAllowances = (mayEnd: readonly string[]): readonly string[] => mayEnd.slice(-ALLOWANCES);

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
