import type { MaintenanceRecord } from "./record.ts";

/** This generation's execution is over or has to end, the maintenance is not: the next generation takes its place. */
export const withHandedOver = (record: MaintenanceRecord, now: number): MaintenanceRecord => ({
	...record,
	state: "handed over",
	closedAt: now,
});

/**
 * The generation that goes on where this one ended: the same tokens, stories and allowances. `now` in epoch milliseconds.
 *
 * A Release that was under way may still set its mark, so that the next generation has one to revoke.
 */
export function nextGeneration(record: MaintenanceRecord, now: number): MaintenanceRecord {
	const { releasing, closedAt, continuedAs, whole, ...rest } = record;
	const mark = releasing && { markedAt: record.markedAt ?? now };
	return { ...rest, ...mark, generation: record.generation + 1, version: 1, state: "open", openedAt: now };
}

/** Another generation has taken this one's place. */
export const withContinued = (record: MaintenanceRecord, continuedAs: number): MaintenanceRecord =>
	record.state === "handed over" && record.continuedAs === undefined ? { ...record, continuedAs } : record;

/** The maintenance itself is over, not just one generation of it. */
export const isEnded = ({ state }: Pick<MaintenanceRecord, "state">): boolean =>
	state === "released" || state === "gone" || state === "restored";
