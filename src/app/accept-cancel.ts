import { tombstone, withCancel, withTombstone } from "../domain/cancellation.ts";
import { isEnded } from "../domain/generations.ts";
import { openHooks } from "../domain/pace.ts";
import { type Cancel, executionName, type MaintenanceRecord } from "../domain/record.ts";
import type { CancelReading } from "../events/reading.ts";
import type { World } from "../ports.ts";
import { createRecord, replaceRecord } from "./maintenance-record.ts";
import { expiredBy, issuedAtOf, type Place, placeOf } from "./order-target.ts";
import type { QueueMessage } from "./queue-message.ts";
import type { Receipt } from "./receipt.ts";
import { keepRunning } from "./running-maintenance.ts";
import { untilWritten } from "./until-written.ts";

/** What a cancel makes of the latest record, and what is said of it; the record is written only as it was read. */
type Verdict = Receipt & { readonly next?: MaintenanceRecord };

/**
 * An operator's order to take a drain back: writes the intent into the open record, or leaves a tombstone for older
 * orders. One that comes too late is refused, and kept for the operator to see. Repeating it is harmless.
 */
export async function acceptCancel(reading: CancelReading, message: QueueMessage, world: World): Promise<Receipt> {
	const expired = expiredBy(reading, world.clock.now());
	if (expired) return { outcome: "stale", why: expired };
	const { target } = reading;
	// A maintenance can be called off though nobody can see its Node any more.
	const known = "instanceId" in target ? await world.records.latest(target.instanceId) : undefined;
	const place = known ?? (await placeOf(target, world));
	if (typeof place === "string") return { outcome: "malformed", why: place };
	const cancel = cancelOf(reading, issuedAtOf(reading, message), world.clock.now());
	return untilWritten(`cannot store cancel ${cancel.requestId}: the record changed`, () => tryToStore(cancel, place, world));
}

const cancelOf = ({ requestId, requestedBy, reason }: CancelReading, issuedAt: number, at: number): Cancel => ({
	at,
	issuedAt,
	requestId,
	...(requestedBy !== undefined && { by: requestedBy }),
	reason,
});

/** Undefined when the latest record is another one now. */
async function tryToStore(cancel: Cancel, place: Place, world: World): Promise<Receipt | undefined> {
	const { records, clock } = world;
	const latest = await records.latest(place.instanceId);
	if (!latest) return (await createRecord(tombstone(place, cancel, clock.now()), world)) ? nothingOpen(cancel) : undefined;
	if (latest.state === "handed over") {
		// The next generation is the one to write to, and may not be there yet.
		await keepRunning(latest, world);
		return undefined;
	}
	const { next = latest, outcome, why } = verdictOn(latest, cancel);
	if (next !== latest && !(await replaceRecord(latest, next, world))) return undefined;
	if (next.state === "open") await keepRunning(next, world);
	return { outcome, why };
}

function verdictOn(latest: MaintenanceRecord, cancel: Cancel): Verdict {
	if (isEnded(latest)) return onEnded(latest, cancel);
	const name = executionName(latest);
	const next = withTombstone(latest, cancel.issuedAt);
	if (latest.state === "releasing") {
		return { outcome: "refused", why: `too late: maintenance ${name} is being released, and AWS may take the instance`, next };
	}
	if (latest.cancel) return { outcome: "duplicate", why: `maintenance ${name} is cancelled already`, next };
	if (latest.requestedAt !== undefined && latest.requestedAt > cancel.issuedAt) {
		const newer = new Date(latest.requestedAt).toISOString();
		return { outcome: "refused", why: `maintenance ${name} was requested later than this cancel, at ${newer}`, next };
	}
	const hooks = openHooks(latest).map(({ hook }) => hook);
	const how = hooks.length === 0 ? "is taken back" : `holds, because AWS has no way back while ${hooks.join(", ")} waits`;
	return { outcome: "accepted", why: `maintenance ${name} ${how}`, next: withCancel(latest, cancel) };
}

function onEnded(latest: MaintenanceRecord, cancel: Cancel): Verdict {
	const next = withTombstone(latest, cancel.issuedAt);
	if (latest.state === "restored") return { ...nothingOpen(cancel), next };
	const left = latest.state === "released" ? "; uncordon the node by hand if AWS has not taken it" : "";
	return { outcome: "refused", why: `too late: maintenance ${executionName(latest)} has ended (${latest.state})${left}`, next };
}

const nothingOpen = ({ issuedAt }: Cancel): Receipt => ({
	outcome: "accepted",
	why: `no drain is under way; orders issued until ${new Date(issuedAt).toISOString()} drain nothing`,
});
