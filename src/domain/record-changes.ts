// Changes of a record, each of them pure. A change that has nothing to write answers the record that it was given.
// `version` is the store's business. Instants are epoch milliseconds.
import { withHooks } from "./beat-plan.ts";
import { isCordonedByUs } from "./cordon.ts";
import type { NodeIdentity } from "./identity.ts";
import type { NodeFacts } from "./look.ts";
import { openHooks } from "./pace.ts";
import {
	actionKey,
	actionName,
	type Hook,
	type MaintenanceKey,
	type MaintenanceRecord,
	type Refusal,
	type SlotWait,
	type VmNodes,
} from "./record.ts";
import { keptRefusals } from "./record-limits.ts";
import type { Trouble } from "./trouble.ts";
import { keptTrouble } from "./trouble-limits.ts";

/** `key`: the action's token, or its name when it was acted on before its token became known. */
const changeHook = (record: MaintenanceRecord, key: string, change: (hook: Hook) => Hook): MaintenanceRecord => {
	const isMeant = (hook: Hook) => actionKey(hook) === key || (!isAnswered(hook) && actionName(hook) === key);
	const hooks = record.hooks.map((hook) => (isMeant(hook) ? change(hook) : hook));
	if (hooks.every((hook, index) => hook === record.hooks[index])) return record;
	return withHooks(record, hooks);
};

/** AWS does not know this action any more. */
export const withHookLost = (record: MaintenanceRecord, key: string, now: number): MaintenanceRecord =>
	changeHook(record, key, (hook) => (isAnswered(hook) ? hook : { ...hook, lostAt: now }));

/** We completed this action. */
export const withHookCompleted = (record: MaintenanceRecord, key: string, now: number): MaintenanceRecord =>
	changeHook(record, key, (hook) => (hook.completedAt === undefined ? { ...hook, completedAt: now } : hook));

/** The action waits for nothing more from us. */
export const isAnswered = (hook: Pick<Hook, "completedAt" | "lostAt">): boolean =>
	hook.completedAt !== undefined || hook.lostAt !== undefined;

/** Heartbeats for every open hook went out, or there was none to send. */
export function withBeat(record: MaintenanceRecord, now: number): MaintenanceRecord {
	const { refusedBeats, ...rest } = record;
	return { ...rest, lastBeatAt: now };
}

/** The node under maintenance is this one; what was known of another one's cordon is forgotten. */
export function withNode(record: MaintenanceRecord, { name, uid, providerId }: NodeIdentity): MaintenanceRecord {
	const { node, cordonedAt, ...rest } = record;
	const same = node?.name === name && node.uid === uid && node.providerId === providerId;
	return same ? record : { ...rest, node: { name, uid, providerId } };
}

/** The node has just become cordoned, or was found so for the first time. */
export const withCordon = (record: MaintenanceRecord, now: number): MaintenanceRecord => ({ ...record, cordonedAt: now });

/** Somebody uncordoned the node: whatever S7 counted from begins again. */
export function withoutCordon(record: MaintenanceRecord): MaintenanceRecord {
	const { cordonedAt, ...rest } = record;
	return cordonedAt === undefined ? record : rest;
}

/** Who cordoned the node, as far as a look before our own cordon can tell: what we cordon carries our annotation. */
export function withCordonOf(record: MaintenanceRecord, node: NodeFacts | undefined): MaintenanceRecord {
	const { foreignCordon, ...rest } = record;
	if (node?.unschedulable === false) return foreignCordon === undefined ? record : rest;
	return node === undefined || foreignCordon || isCordonedByUs(node, record) ? record : { ...record, foreignCordon: true };
}

/** The surroundings were read in a look that began then, with these VM nodes. */
export const withSurvey = (record: MaintenanceRecord, surveyedAt: number, vmNodes?: VmNodes): MaintenanceRecord => ({
	...record,
	surveyedAt,
	...(vmNodes && { vmNodes }),
});

/** How it stands in the queue for a slot. */
export const withSlotWait = (record: MaintenanceRecord, slot: SlotWait): MaintenanceRecord =>
	JSON.stringify(slot) === JSON.stringify(record.slot) ? record : { ...record, slot };

/** It has a slot: what the wait held up has its time from now on. */
export function withSlot(record: MaintenanceRecord, now: number): MaintenanceRecord {
	const { slot, ...rest } = record;
	if (slot === undefined) return record;
	return { ...rest, ...(rest.left && { left: { ...rest.left, changedAt: now } }) };
}

/**
 * Adds refusals by pod uid, but for those that a later one has overtaken: a step that stood still for minutes knows older
 * ones. Those of pods that are not on the node any more (`present` holds the uids that are) are dropped.
 */
export function withRefusals(
	record: MaintenanceRecord,
	refused: Readonly<Record<string, Refusal>>,
	present: readonly string[],
): MaintenanceRecord {
	const on = new Set(present);
	const newer = Object.entries(refused).filter(([uid, { nextAt }]) => nextAt >= (record.refusals[uid]?.nextAt ?? 0));
	const all = { ...record.refusals, ...Object.fromEntries(newer) };
	const kept = keptRefusals(Object.entries(all).filter(([uid]) => on.has(uid)));
	const same =
		kept.length === Object.keys(record.refusals).length && kept.every(([uid, refusal]) => record.refusals[uid] === refusal);
	return same ? record : { ...record, refusals: Object.fromEntries(kept) };
}

/** What a human must know as of now; nothing of before stays. */
export function withTrouble(record: MaintenanceRecord, troubles: readonly Trouble[]): MaintenanceRecord {
	const trouble = troubles.map(keptTrouble);
	return JSON.stringify(trouble) === JSON.stringify(record.trouble) ? record : { ...record, trouble };
}

/** Release is about to take its second look and, if that is safe, to complete these tokens. */
export const withReleasing = (
	record: MaintenanceRecord,
	turn: string,
	tokens: readonly string[],
	now: number,
): MaintenanceRecord => ({
	...record,
	state: "releasing",
	releasing: { turn, at: now, tokens },
});

/** The instance is marked safe to terminate. */
export const withMark = (record: MaintenanceRecord, now: number): MaintenanceRecord => ({ ...record, markedAt: now });

/** The mark is revoked. */
export function withoutMark(record: MaintenanceRecord): MaintenanceRecord {
	const { markedAt, ...rest } = record;
	return markedAt === undefined ? record : rest;
}

/** Release let go of nothing: the maintenance is open again. */
export function withReopened(record: MaintenanceRecord): MaintenanceRecord {
	const { releasing, ...rest } = record;
	return record.state === "releasing" ? { ...rest, state: "open" } : record;
}

/** A human has to act before it can go on. */
export const withHeld = (record: MaintenanceRecord, trouble: readonly Trouble[]): MaintenanceRecord =>
	withTrouble(withReopened(record), trouble);

/**
 * The tokens that Release wrote are still all there are. A token that came later waits for an answer that Release does not
 * give.
 */
export const sameTokens = (record: MaintenanceRecord, tokens: readonly string[]): boolean =>
	openTokens(record).every((token) => tokens.includes(token));

/** The tokens that wait for our answer; an action whose token is unknown goes by its name. */
export const openTokens = (record: MaintenanceRecord): readonly string[] => openHooks(record).map(actionKey);

/** Whether this very turn of Release is the one that may let go. */
export const isReleasedBy = ({ state, releasing }: MaintenanceRecord, turn: string): boolean =>
	state === "releasing" && releasing?.turn === turn;

/** Safe to terminate. Undefined when another turn of Release has taken over, or when a token came meanwhile. */
export function withReleased(record: MaintenanceRecord, turn: string, now: number): MaintenanceRecord | undefined {
	if (!isReleasedBy(record, turn) || !sameTokens(record, record.releasing?.tokens ?? [])) return undefined;
	return { ...record, state: "released", closedAt: now, markedAt: record.markedAt ?? now };
}

/**
 * The instance ended: without our release, unless its release had proved it safe and marked it, and could not write down any
 * more that it had let go.
 */
export function withGone(record: MaintenanceRecord, now: number): MaintenanceRecord {
	if (isClosed(record)) return record;
	const wasLetGo = record.state === "releasing" && record.markedAt !== undefined;
	return { ...record, state: wasLetGo ? "released" : "gone", closedAt: now };
}

/** The drain was taken back: nothing of it is left in the cluster or on the instance. */
export function withRestored(record: MaintenanceRecord, now: number): MaintenanceRecord {
	const { left, ...rest } = record;
	return { ...rest, state: "restored", closedAt: now, trouble: [] };
}

/** Nothing more will be done in this generation. */
export const isClosed = ({ state }: Pick<MaintenanceRecord, "state">): boolean => state !== "open" && state !== "releasing";

/** Hold notices, and lets Assess look again. */
export const withWoken = (record: MaintenanceRecord): MaintenanceRecord =>
	isClosed(record) ? record : { ...record, orders: record.orders + 1 };

/** The key alone, of anything that has one. */
export const keyOf = ({ instanceId, generation }: MaintenanceKey): MaintenanceKey => ({ instanceId, generation });
