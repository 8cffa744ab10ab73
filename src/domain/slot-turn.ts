import { type Admission, admissionOf } from "./admission.ts";
import { type Circuit, isExempt } from "./breaker.ts";
import { leavingShare, type Policy } from "./policy.ts";
import type { MaintenanceRecord } from "./record.ts";
import { withSlot, withSlotWait, withTrouble } from "./record-changes.ts";
import { type ClusterSlots, isPaused, withLease, withPause, withPauseLifted, withWaiter } from "./slots.ts";
import { REMIND_AFTER_MS, type Trouble } from "./trouble.ts";
import { tooManyLeave } from "./trouble-texts.ts";

/** What one turn at the cluster's slots comes to. `tells`: this maintenance tells humans of the pause, for all that wait. */
export type SlotTurn = { readonly admission: Admission; readonly slots: ClusterSlots; readonly tells: boolean };

/** One maintenance asks for a slot. `slots` stays the very same where nothing changes for it. */
export function slotTurn(circuit: Circuit): SlotTurn {
	const { slots, record, now } = circuit;
	const admission = admissionOf(circuit);
	if (admission.kind === "look again") return { admission, slots, tells: false };
	if (admission.kind === "waits") return paused(withWaiter(slots, record, now), admission, circuit);
	const leased = withLease(slots, record, now);
	const lifts = slots.leases[record.instanceId] === undefined && !isExempt(record, now);
	return { admission, slots: lifts ? withPauseLifted(leased, now) : leased, tells: false };
}

/** One of those that wait tells of the pause, and again when its notice may have been lost. */
function paused(slots: ClusterSlots, admission: Admission & { kind: "waits" }, { record, now }: Circuit): SlotTurn {
	if (!admission.paused) return { admission, slots, tells: false };
	const pause = isPaused(slots) ? slots.paused : undefined;
	if (pause && now - pause.toldAt < REMIND_AFTER_MS)
		return { admission, slots, tells: pause.by === record.instanceId && !record.trouble.some(isOfPause) };
	const told = { since: pause?.since ?? now, toldAt: now, by: record.instanceId };
	return { admission, slots: withPause(slots, told), tells: true };
}

/** The record after its turn. `orders`: those that the admission took into account. */
export function withAdmission(
	record: MaintenanceRecord,
	admission: Admission,
	{ policy, orders, now }: { readonly policy: Policy; readonly orders: number; readonly now: number },
): MaintenanceRecord {
	if (admission.kind === "admitted") return withPauseTrouble(withSlot(record, now), []);
	if (admission.kind === "look again")
		return record.slot ? withSlotWait(record, { ...record.slot, orders, lookedAt: now }) : record;
	const { place, paused } = admission;
	const { since = now, lookedAt } = record.slot ?? {};
	const slot = { since, place, orders, ...(lookedAt !== undefined && { lookedAt }), ...(paused && { paused }) };
	return withPauseTrouble(withSlotWait(record, slot), paused ? [tooManyLeave(record.cluster, paused, leavingShare(policy))] : []);
}

const isOfPause = ({ kind }: Trouble): boolean => kind === "too-many-leave";

const withPauseTrouble = (record: MaintenanceRecord, trouble: readonly Trouble[]): MaintenanceRecord =>
	withTrouble(record, [...record.trouble.filter((one) => !isOfPause(one)), ...trouble]);
