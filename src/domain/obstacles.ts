import { type Circuit, circuitOf } from "./breaker.ts";
import { drainsAtOnce } from "./policy.ts";
import type { MaintenanceKey } from "./record.ts";
import { freeSlots, queueFor } from "./slots.ts";

/** The breaker may count a thousand that wait; so many of them are looked at in one turn. */
const COUNTED_AT_ONCE = 10;
const MINUTE_MS = 60_000;

/**
 * Whose end this maintenance waits for: those that drain, those that are next where a slot is free and have not taken it,
 * and, where the breaker holds up one that is next itself, those that wait and that it counts.
 *
 * Each costs whoever asks a read of its record. They are at most as many as the cluster has slots, or drains where urgent
 * ones make those more, and ten.
 */
export function obstaclesOf(circuit: Circuit): readonly MaintenanceKey[] {
	const { slots, record, policy, now } = circuit;
	const { leases, waiting } = slots;
	const queue = queueFor(slots, record, now);
	const next = queue.slice(0, Math.max(0, freeSlots(slots, drainsAtOnce(policy))));
	const isHeldUp = next.includes(record.instanceId) && circuitOf(circuit) !== "closed";
	const counted = queue.filter((instanceId) => isHeldUp && waiting[instanceId]?.vmNode);
	const inTheWay = new Set([...Object.keys(leases), ...next, ...inTurn(counted, now)]);
	return [...inTheWay].flatMap((instanceId) => {
		const entry = leases[instanceId] ?? waiting[instanceId];
		return entry && instanceId !== record.instanceId ? [{ instanceId, generation: entry.generation }] : [];
	});
}

/** Others each minute, so that the turn of each comes: whoever is next asks more often. */
function inTurn(all: readonly string[], now: number): readonly string[] {
	const turns = Math.max(1, Math.ceil(all.length / COUNTED_AT_ONCE));
	const from = (Math.floor(now / MINUTE_MS) % turns) * COUNTED_AT_ONCE;
	return all.slice(from, from + COUNTED_AT_ONCE);
}
