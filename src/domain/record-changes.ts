// Changes of a record, here and in the files whose names end so, each of them pure. A change that has nothing to write answers
// the record that it was given. `version` is the store's business. Instants are epoch milliseconds.
import type { MaintenanceKey, MaintenanceRecord, Refusal, SlotWait } from "./record.ts";
import { keptRefusals } from "./record-limits.ts";
import { withReopened } from "./release-changes.ts";
import type { Trouble } from "./trouble.ts";
import { keptTrouble } from "./trouble-limits.ts";

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

/** A human has to act before it can go on. */
export const withHeld = (record: MaintenanceRecord, trouble: readonly Trouble[]): MaintenanceRecord =>
	withTrouble(withReopened(record), trouble);

/** Hold notices, and lets Assess look again. */
export const withWoken = (record: MaintenanceRecord): MaintenanceRecord =>
	isClosed(record) ? record : { ...record, orders: record.orders + 1 };

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

/** The key alone, of anything that has one. */
export const keyOf = ({ instanceId, generation }: MaintenanceKey): MaintenanceKey => ({ instanceId, generation });
