import { fatesOnNode, nodeOf } from "./circumstances.ts";
import type { Fate } from "./fate.ts";
import type { Look, VmiFacts } from "./look.ts";
import { strictPolicy } from "./policy.ts";
import { isAwaited, isFinalVmi, liveLaunchers, migratesOver, runsElsewhere } from "./presence.ts";
import type { MaintenanceRecord, VmOutcome, VmStory } from "./record.ts";
import { shortened } from "./shortened.ts";

/** So much of a fate's reason is remembered. */
const WHY_LIMIT = 160;

/**
 * The stories of the VMs after one more look: VMs seen on the node for the first time begin one, and each gets the outcome
 * that the look shows, joined by uid. Answers `record.vms` itself when nothing is new. `now` in epoch milliseconds.
 */
export function followStories(record: MaintenanceRecord, look: Look, now: number): readonly VmStory[] {
	const circumstances = { look, record, policy: strictPolicy, now };
	const present = new Map(fatesOnNode(circumstances).map(({ vmi, fate }) => [vmi.uid, { vmi, fate }]));
	const known = new Set(record.vms.map(({ uid }) => uid));
	const begun = [...present.values()].filter(({ vmi }) => !known.has(vmi.uid)).map(({ vmi, fate }) => begin(vmi, fate));
	const told = [...record.vms, ...begun].map((story) =>
		withOutcome(withFate(story, present.get(story.uid)?.fate, look), outcomeOf(story, look, nodeOf(circumstances)), now),
	);
	return told.every((story, index) => story === record.vms[index]) ? record.vms : told;
}

const begin = ({ namespace, name, uid }: VmiFacts, fate: Fate): VmStory => ({ namespace, name, uid, fate: toldFate(fate) });

/** KubeVirt may give its reason at any length. */
const toldFate = (fate: Fate): Fate => ({ ...fate, why: shortened(fate.why, WHY_LIMIT) });

/** What was said of a VM stands, but for surveys, which see more, and for fates that said themselves that they would pass. */
function withFate(story: VmStory, fate: Fate | undefined, look: Look): VmStory {
	if (!fate || sameFate(toldFate(fate), story.fate)) return story;
	return look.surroundings !== undefined || story.fate.kind === "blocks" ? { ...story, fate: toldFate(fate) } : story;
}

const sameFate = (a: Fate, b: Fate): boolean => a.kind === b.kind && a.why === b.why && a.until === b.until && a.by === b.by;

function withOutcome(story: VmStory, outcome: VmOutcome | undefined, now: number): VmStory {
	const { outcome: before, outcomeAt, ...rest } = story;
	if (outcome === undefined) return before === undefined ? story : rest;
	return isSameOutcome(outcome, before) ? story : { ...rest, outcome, outcomeAt: now };
}

const isSameOutcome = (a: VmOutcome, b: VmOutcome | undefined): boolean =>
	b !== undefined && a.kind === b.kind && ("to" in a ? a.to : "") === ("to" in b ? b.to : "");

function outcomeOf(story: VmStory, look: Look, node: string): VmOutcome | undefined {
	const vmi = look.vmis.find(({ uid }) => uid === story.uid);
	if (vmi && !isFinalVmi(vmi)) return outcomeOfLiving(vmi, look, node);
	if (story.outcome?.kind === "migrated" || story.outcome?.kind === "restarted") return story.outcome;
	return outcomeBySuccessor(story, look, node) ?? outcomeByFate(story.fate);
}

/** A VM that comes in has not left; one that moves on between two other nodes has. */
const outcomeOfLiving = (vmi: VmiFacts, look: Look, node: string): VmOutcome | undefined =>
	vmi.nodeName !== undefined && runsElsewhere(vmi, node) && !migratesOver(vmi, node) && !comesIn(vmi, look)
		? { kind: "migrated", to: vmi.nodeName }
		: undefined;

const comesIn = (vmi: VmiFacts, look: Look): boolean =>
	liveLaunchers(look).some((pod) => pod.vmiUid === vmi.uid && isAwaited(pod, look));

/** Only a VM that is started again has a successor of the same name; a replica set gives its own a new one. */
function outcomeBySuccessor({ namespace, name, uid }: VmStory, { vmis }: Look, node: string): VmOutcome | undefined {
	const next = vmis.find((vmi) => vmi.namespace === namespace && vmi.name === name && vmi.uid !== uid && !isFinalVmi(vmi));
	if (!next) return undefined;
	return next.phase === "Running" && next.nodeName !== undefined && next.nodeName !== node
		? { kind: "restarted", to: next.nodeName }
		: { kind: "restarting" };
}

function outcomeByFate({ kind }: Fate): VmOutcome {
	switch (kind) {
		case "restarts elsewhere":
			return { kind: "restarting" };
		case "is replaced":
			return { kind: "replaced" };
		case "is lost":
			return { kind: "lost" };
		case "stops":
		case "migrates":
		case "blocks":
			return { kind: "stopped" };
		default:
			return kind satisfies never;
	}
}
