import { whenCancelled } from "./cancellation.ts";
import { type Circumstances, fatesOnNode, nodeOf, wouldEndUnallowed } from "./circumstances.ts";
import { evictionsDue, evictionsPausing } from "./evictions.ts";
import { isSameNode } from "./identity.ts";
import { isMovingOn, leftovers } from "./movement.ts";
import { nameOf } from "./namespaced-name.ts";
import { isMarked } from "./presence.ts";
import { CORDON_SETTLES_MS, settledFrom, whatIsLeft } from "./proof.ts";
import { isClosed } from "./record-changes.ts";
import type { Decision } from "./step-result.ts";
import { SURVEY_LASTS_MS } from "./survey.ts";

/** Where one thing that a look shows leads; undefined where it is not so. */
export type Opinion = (circumstances: Circumstances) => Decision | undefined;

const isOver: Opinion = ({ record }) => (isClosed(record) ? { next: "done", why: `the record is ${record.state}` } : undefined);

const isCancelled: Opinion = ({ record }) => whenCancelled(record);

/** Release revokes a mark that its proof does not bear out any more. */
const markIsUntrue: Opinion = ({ look, record }) =>
	record.markedAt !== undefined && record.node && whatIsLeft(look, { node: record.node }).length > 0
		? { next: "release", why: "the mark is not true any more" }
		: undefined;

const hasNoNode: Opinion = ({ look }) => (look.node ? undefined : { next: "hold", why: "there is no Node" });

const isNotOurs: Opinion = ({ look, record }) =>
	look.node && record.node && !isSameNode(look.node, record.node)
		? { next: "hold", why: `Node ${look.node.name} is another one now` }
		: undefined;

const isUncordoned: Opinion = ({ look }) =>
	look.node?.unschedulable === false ? { next: "assess", why: "somebody uncordoned the node" } : undefined;

/** Nothing counts from a cordon that this generation has not made: an older one's mark leads to Release before Cordon. */
const hasNotCordoned: Opinion = ({ record }) =>
	record.cordonedAt === undefined ? { next: "assess", why: "this maintenance has not cordoned the node yet" } : undefined;

/** A node that has just been emptied is not released before the scheduler has surely heard of the cordon. */
const nothingIsLeft: Opinion = ({ look, record, now }) => {
	if (!record.node || whatIsLeft(look, { node: record.node }).length > 0) return undefined;
	const settledAt = settledFrom(look, record.cordonedAt ?? now) + CORDON_SETTLES_MS;
	return settledAt > now
		? { next: "watch", why: "nothing is left, but the cordon is too young", at: settledAt }
		: { next: "release", why: "nothing is left" };
};

const evictionIsDue: Opinion = ({ look, record, policy, now }) => {
	const due = evictionsDue(look, record, policy, now);
	return due.length > 0 ? { next: "evict", why: `${due.length} of its pods can be asked for` } : undefined;
};

/** The clock of the function that surveyed may be minutes behind: without a pause the steps would send one another round. */
const SURVEYS_APART_MS = 20_000;

const roomMayHaveCome: Opinion = (circumstances) =>
	someVmLacksRoom(circumstances) && surveyEnds(circumstances) <= circumstances.now
		? { next: "wait", why: "there may be room for a VM that lacked it", at: circumstances.now + SURVEYS_APART_MS }
		: undefined;

/** A silent node moves nothing on: it is looked at from time to time instead of being watched. */
const somethingMoves: Opinion = (circumstances) =>
	circumstances.look.node?.ready && isMovingOn(circumstances)
		? { next: "watch", why: "VMs or pods are on their way", ...lookAgain(circumstances) }
		: undefined;

const somethingPauses: Opinion = (circumstances) =>
	pauseEnds(circumstances).length > 0
		? { next: "wait", why: "evictions were refused and pause", ...lookAgain(circumstances) }
		: undefined;

const nodeIsSilent: Opinion = ({ look }) =>
	look.node?.ready === false ? { next: "wait", why: "the node is not ready" } : undefined;

const lacksRoom: Opinion = (circumstances) =>
	someVmLacksRoom(circumstances) ? { next: "wait", why: "no other node has room", ...lookAgain(circumstances) } : undefined;

const othersMustAct: Opinion = (circumstances) => {
	const marked = fatesOnNode(circumstances).some(
		({ vmi, fate }) => fate.kind === "migrates" && isMarked(vmi, nodeOf(circumstances)), //
	);
	return marked || leftovers(circumstances).length > 0
		? { next: "wait", why: "VMs are marked, and it is KubeVirt's or their controller's turn" }
		: undefined;
};

const operatorMustAct: Opinion = (circumstances) => {
	const stuck = fatesOnNode(circumstances).filter(
		({ vmi, fate }) => fate.until === "operator" || wouldEndUnallowed(vmi, fate, circumstances),
	);
	if (stuck.length === 0) return undefined;
	return { next: "hold", why: stuck.map(({ vmi, fate }) => `${nameOf(vmi)}: ${fate.why}`).join("; ") };
};

/** What is told of pods, VMIs and migrations does not show one moment: a look may fall between two things that belong together. */
const LOOKS_SETTLE_MS = 60_000;

const hasJustChanged: Opinion = ({ record: { left }, now }) => {
	if (left === undefined || now >= left.changedAt + LOOKS_SETTLE_MS) return undefined;
	return { next: "watch", why: "what is left has just changed", at: left.changedAt + LOOKS_SETTLE_MS };
};

/** After a survey, in this order. */
export const assessOpinions: readonly Opinion[] = [
	isOver, //
	isCancelled,
	markIsUntrue,
	hasNoNode,
	isNotOurs,
];

/** After any later look, in this order. */
export const watchOpinions: readonly Opinion[] = [
	isOver,
	isCancelled,
	markIsUntrue,
	hasNoNode,
	isNotOurs,
	isUncordoned,
	hasNotCordoned,
	nothingIsLeft,
	evictionIsDue,
	roomMayHaveCome,
	somethingMoves,
	somethingPauses,
	nodeIsSilent,
	lacksRoom,
	othersMustAct,
	operatorMustAct,
	hasJustChanged,
];

const pauseEnds = ({ look, record, policy, now }: Circumstances): readonly number[] =>
	evictionsPausing(look, record, policy, now).map(({ uid }) => record.refusals[uid]?.nextAt ?? now);

const someVmLacksRoom = (circumstances: Circumstances): boolean =>
	fatesOnNode(circumstances).some(({ fate }) => fate.until === "room");

const surveyEnds = ({ record, look }: Circumstances): number =>
	(look.surroundings ? look.began : (record.surveyedAt ?? 0)) + SURVEY_LASTS_MS;

/** When time alone gives cause to look again: the first pause ends, or the last survey has aged. */
function lookAgain(circumstances: Circumstances): { readonly at?: number } {
	const instants = [...pauseEnds(circumstances), ...(someVmLacksRoom(circumstances) ? [surveyEnds(circumstances)] : [])];
	return instants.length === 0 ? {} : { at: Math.min(...instants) };
}
