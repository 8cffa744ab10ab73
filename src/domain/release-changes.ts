import { sameTokens } from "./hook-changes.ts";
import type { MaintenanceRecord } from "./record.ts";

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

/** Whether this very turn of Release is the one that may let go. */
export const isReleasedBy = ({ state, releasing }: MaintenanceRecord, turn: string): boolean =>
	state === "releasing" && releasing?.turn === turn;

/** Safe to terminate. Undefined when another turn of Release has taken over, or when a token came meanwhile. */
export function withReleased(record: MaintenanceRecord, turn: string, now: number): MaintenanceRecord | undefined {
	if (!isReleasedBy(record, turn) || !sameTokens(record, record.releasing?.tokens ?? [])) return undefined;
	return { ...record, state: "released", closedAt: now, markedAt: record.markedAt ?? now };
}

/** Release let go of nothing: the maintenance is open again. */
export function withReopened(record: MaintenanceRecord): MaintenanceRecord {
	const { releasing, ...rest } = record;
	return record.state === "releasing" ? { ...rest, state: "open" } : record;
}

/** The instance is marked safe to terminate. */
export const withMark = (record: MaintenanceRecord, now: number): MaintenanceRecord => ({ ...record, markedAt: now });

/** The mark is revoked. */
export function withoutMark(record: MaintenanceRecord): MaintenanceRecord {
	const { markedAt, ...rest } = record;
	return markedAt === undefined ? record : rest;
}
