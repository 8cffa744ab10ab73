import type { MaintenanceRecord, RefusedBeats } from "./record.ts";
import { shortened } from "./record-limits.ts";

/** Milliseconds after which a drain whose heartbeats nobody takes, or that has none to send, writes that it goes on. */
export const SIGN_OF_LIFE_MS = 5 * 60_000;

const WHY_LIMIT = 300;

/** AWS has not taken these heartbeats; written again only from time to time while nothing else changes. */
export function withBeatsRefused(record: MaintenanceRecord, { hooks, why, at }: RefusedBeats): MaintenanceRecord {
	const known = record.refusedBeats;
	const isSame = known?.hooks.length === hooks.length && hooks.every((hook) => known.hooks.includes(hook));
	if (isSame && at - known.at < SIGN_OF_LIFE_MS) return record;
	return { ...record, refusedBeats: { hooks, why: shortened(why, WHY_LIMIT), at } };
}
