import { sleepsFor } from "../domain/beat-plan.ts";
import { isCalledOff } from "../domain/cancellation.ts";
import { isEnded, nextGeneration, withHandedOver } from "../domain/generations.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { isMerged, mergeRequest, openRecord } from "../domain/record-requests.ts";
import { withMark } from "../domain/release-changes.ts";
import type { MaintenanceRequest } from "../domain/request.ts";
import type { World } from "../ports.ts";
import { createRecord, replaceRecord } from "./maintenance-record.ts";
import type { Receipt } from "./receipt.ts";
import { keepRunning } from "./running-maintenance.ts";
import { untilWritten } from "./until-written.ts";

/**
 * Merges a request into the instance's open maintenance, or opens the next generation, and sees that its execution runs.
 *
 * Repeating it is harmless: the same request leaves the record as it is, and starts what an earlier try could not.
 */
export function openMaintenance(request: MaintenanceRequest, world: World): Promise<Receipt> {
	return untilWritten(`cannot store request ${request.requestId}: the record changed`, async () => {
		const latest = await world.records.latest(request.instanceId);
		const over = await overWith(request, latest, world);
		if (over) return over;
		const known = isKnown(latest, request);
		const record = await store(request, latest, world);
		if (!record) return undefined;
		const name = executionName(await keepRunning(record, world));
		return known
			? { outcome: "duplicate", why: `request ${request.requestId} belongs to maintenance ${name} already` }
			: { outcome: "accepted", why: `${latest && !isEnded(latest) ? "merged into" : "opened"} maintenance ${name}` };
	});
}

const isKnown = (latest: MaintenanceRecord | undefined, request: MaintenanceRequest): boolean =>
	latest !== undefined && isMerged(latest, request);

/** Why a request asks for nothing any more; undefined while it does. */
async function overWith(
	request: MaintenanceRequest,
	latest: MaintenanceRecord | undefined,
	world: World,
): Promise<Receipt | undefined> {
	const cancelled = latest && cancelledBefore(request, latest);
	if (cancelled) return cancelled;
	if (latest && !isEnded(latest) && isMerged(latest, request)) return undefined;
	const ended = await endedWith(request, latest, world);
	return ended && { outcome: "duplicate", why: `request ${request.requestId} ended with maintenance ${executionName(ended)}` };
}

/** An order that was issued before a cancel drains nothing, however late it comes. A hook waits whatever was ordered. */
function cancelledBefore(request: MaintenanceRequest, latest: MaintenanceRecord): Receipt | undefined {
	if (request.source !== "order" || request.issuedAt === undefined || !isCalledOff(latest, request.issuedAt)) return undefined;
	const until = new Date(latest.cancelledUntil ?? 0).toISOString();
	return { outcome: "stale", why: `request ${request.requestId} was issued before the cancel of ${until}: it drains nothing` };
}

/**
 * The ended maintenance that this request belonged to, however many came after it: a message that is delivered or sent
 * back late must not drain a node that may be in service again, nor lend its allowances to another maintenance.
 */
async function endedWith(
	request: MaintenanceRequest,
	latest: MaintenanceRecord | undefined,
	{ records }: World,
): Promise<MaintenanceRecord | undefined> {
	for (let record = latest; record; ) {
		if (isEnded(record) && isMerged(record, request)) return record;
		const generation = record.generation - 1;
		record = generation > 0 ? await records.read({ instanceId: request.instanceId, generation }) : undefined;
	}
	return undefined;
}

/**
 * The record with the request in it; undefined when the latest record is another one now.
 *
 * The running execution may sleep for as long as the hooks that it knows bear. A request whose hook bears less goes into
 * a generation of its own, which begins with a heartbeat; the one that sleeps finds itself handed over.
 */
async function store(
	request: MaintenanceRequest,
	latest: MaintenanceRecord | undefined,
	world: World,
): Promise<MaintenanceRecord | undefined> {
	const { clock } = world;
	if (latest?.state === "open" || latest?.state === "releasing") {
		const merged = mergeRequest(latest, request);
		if (sleepsFor(merged, clock.now()) < sleepsFor(latest, clock.now())) {
			await replaceRecord(latest, withHandedOver(latest, clock.now()), world);
			return undefined;
		}
		return merged === latest || (await replaceRecord(latest, merged, world)) ? merged : undefined;
	}
	const now = clock.now();
	const record =
		latest?.state === "handed over"
			? mergeRequest(nextGeneration(latest, now), request)
			: withHeirlooms(latest, openRecord(request, (latest?.generation ?? 0) + 1, now));
	return (await createRecord(record, world)) ? record : undefined;
}

/**
 * What of an earlier maintenance still counts: a mark that may be on the instance has to be revoked, orders that were
 * called off stay so, and a cordon that was found is still not ours.
 */
const withHeirlooms = (latest: MaintenanceRecord | undefined, record: MaintenanceRecord): MaintenanceRecord => ({
	...(latest?.markedAt === undefined ? record : withMark(record, latest.markedAt)),
	...(latest?.cancelledUntil !== undefined && { cancelledUntil: latest.cancelledUntil }),
	...(latest?.foreignCordon && { foreignCordon: true }),
});
