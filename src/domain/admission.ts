import { type Circuit, circuitOf } from "./breaker.ts";
import { drainsAtOnce } from "./policy.ts";
import type { LeavingCount, MaintenanceRecord } from "./record.ts";
import { freeSlots, queueFor } from "./slots.ts";
import { SURVEY_LASTS_MS } from "./survey.ts";

/** `place` 1 is next. `paused`: it could begin, but so many VM nodes are leaving that it must not. */
export type Admission =
	| { readonly kind: "admitted"; readonly why: string }
	| { readonly kind: "waits"; readonly place: number; readonly why: string; readonly paused?: LeavingCount }
	| { readonly kind: "look again"; readonly why: string };

/** Whoever is not next looks so often whether its node is still there, and still cordoned. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** Whether a cordoned node's drain may begin, or go on, in one of its cluster's slots; first opinion wins. */
export function admissionOf(circuit: Circuit): Admission {
	for (const opinion of opinions) {
		const admission = opinion(circuit);
		if (admission) return admission;
	}
	return { kind: "admitted", why: "a slot is free" };
}

type Opinion = (circuit: Circuit) => Admission | undefined;

const hasSlot: Opinion = ({ slots, record }) =>
	slots.leases[record.instanceId] ? { kind: "admitted", why: "it has a slot" } : undefined;

const isUrgent: Opinion = ({ record }) => (record.urgent ? { kind: "admitted", why: "it is urgent" } : undefined);

const orderCame: Opinion = ({ record }) =>
	record.slot && record.orders !== record.slot.orders ? { kind: "look again", why: "an order came meanwhile" } : undefined;

const isNotNext: Opinion = (circuit) => {
	const { slots, record, policy, now } = circuit;
	const place = queueFor(slots, record, now).indexOf(record.instanceId) + 1;
	if (place <= freeSlots(slots, drainsAtOnce(policy))) return undefined;
	return isLookOlder(circuit, LOOK_AGAIN_MS) ?? { kind: "waits", place, why: "others drain, or are before it" };
};

/** Who is next may have waited for hours. */
const lookIsOld: Opinion = (circuit) => isLookOlder(circuit, SURVEY_LASTS_MS);

const tooManyLeave: Opinion = (circuit) => {
	const { slots, record, now } = circuit;
	const verdict = circuitOf(circuit);
	if (verdict === "closed") return undefined;
	const place = queueFor(slots, record, now).indexOf(record.instanceId) + 1;
	if (verdict === "one at a time") return { kind: "waits", place, why: "so small a cluster drains one node at a time" };
	const liftedAt = slots.paused?.liftedAt;
	// Of two that are next one must not undo by an older look what the other has just seen.
	if (record.slot && liftedAt !== undefined && lookOf(record) <= liftedAt)
		return { kind: "look again", why: "its last look is older than the end of the pause" };
	return { kind: "waits", place, why: `${verdict.leaving} of ${verdict.count} VM nodes are leaving`, paused: verdict };
};

const opinions: readonly Opinion[] = [hasSlot, isUrgent, orderCame, isNotNext, lookIsOld, tooManyLeave];

/** Whoever has not waited comes from a look. */
const isLookOlder = ({ record, now }: Circuit, ms: number): Admission | undefined =>
	record.slot && now - lookOf(record) > ms ? { kind: "look again", why: "its last look is old" } : undefined;

/** `lookedAt` besides the survey: another function's clock may be behind, and nobody is sent round and round for that. */
const lookOf = ({ surveyedAt = 0, slot }: MaintenanceRecord): number => Math.max(surveyedAt, slot?.lookedAt ?? 0);
