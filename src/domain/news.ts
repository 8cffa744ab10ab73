import type { MaintenanceRecord } from "./record.ts";
import { REMIND_AFTER_MS, type Trouble } from "./trouble.ts";
import { newTroubles } from "./trouble-of.ts";

/**
 * What has to be told: trouble that the record does not know, and once an hour all there is. What was told beside other
 * trouble, or by a step that does not look, leaves no `toldAt`: its hour begins with the maintenance. `now` in epoch milliseconds.
 */
export function newsOf(
	{ trouble, toldAt, openedAt }: Pick<MaintenanceRecord, "trouble" | "toldAt" | "openedAt">,
	after: readonly Trouble[],
	now: number,
): readonly Trouble[] {
	return now - (toldAt ?? openedAt) >= REMIND_AFTER_MS ? after : newTroubles(trouble, after);
}

/** Remembers when all there is was told; news beside trouble that is known does not put off its reminder. */
export const withTold = (record: MaintenanceRecord, news: readonly Trouble[], now: number): MaintenanceRecord =>
	news.length > 0 && news.length === record.trouble.length && record.toldAt !== now ? { ...record, toldAt: now } : record;
