import { beatSecondsOf, openHooks } from "./pace.ts";
import type { Cancel, MaintenanceRecord } from "./record.ts";
import type { Next } from "./step-result.ts";
import type { Trouble } from "./trouble.ts";

/** Whether a drain order that was issued then has been called off, however late it comes. */
export const isCalledOff = ({ cancelledUntil }: Pick<MaintenanceRecord, "cancelledUntil">, issuedAt: number): boolean =>
	cancelledUntil !== undefined && issuedAt <= cancelledUntil;

/** Drain orders issued until then drain nothing. */
export const withTombstone = (record: MaintenanceRecord, until: number): MaintenanceRecord =>
	isCalledOff(record, until) ? record : { ...record, cancelledUntil: until };

/**
 * An open record whose drain is to be taken back. What its orders allowed and wanted goes with them; what hooks want
 * stays. Hold and the steps that run notice by `orders`.
 */
export function withCancel(record: MaintenanceRecord, cancel: Cancel): MaintenanceRecord {
	const { deadline, ...rest } = withTombstone(record, cancel.issuedAt);
	const limits = openHooks(record).map(({ limitAt }) => limitAt);
	const hooks = limits.length === 0 ? {} : { deadline: Math.min(...limits) };
	return { ...rest, ...hooks, cancel, mayEnd: [], orders: record.orders + 1 };
}

/** A later request wants the drain again; older orders stay called off. */
export function withoutCancel(record: MaintenanceRecord): MaintenanceRecord {
	const { cancel, ...rest } = record;
	return cancel === undefined ? record : rest;
}

/** A closed record that says nothing but that older drain orders drain nothing. `now` in epoch milliseconds. */
export const tombstone = (
	{ instanceId, cluster }: Pick<MaintenanceRecord, "instanceId" | "cluster">,
	cancel: Cancel,
	now: number,
): MaintenanceRecord => ({
	instanceId,
	cluster,
	generation: 1,
	version: 1,
	state: "restored",
	openedAt: now,
	closedAt: now,
	requests: [],
	reason: cancel.reason ?? "cancelled before it began",
	hooks: [],
	beatSeconds: beatSecondsOf({ hooks: [] }),
	lastBeatAt: now,
	orders: 0,
	mayEnd: [],
	vms: [],
	refusals: {},
	trouble: [],
	cancel,
	cancelledUntil: cancel.issuedAt,
});

/** Whether Restore may act: somebody wants the drain taken back, and no hook of AWS's waits for an answer. */
export const isToBeRestored = (record: MaintenanceRecord): boolean =>
	record.state === "open" && record.cancel !== undefined && openHooks(record).length === 0;

/**
 * Where a step goes that finds its drain cancelled; undefined while it is not.
 *
 * AWS has no way back from `Terminating:Wait`: while a hook waits, the maintenance holds, and Release only takes a mark
 * off. Where hooks have ended without us, Assess has to see first whether AWS is taking the instance.
 */
export function whenCancelled(record: MaintenanceRecord): { readonly next: Next; readonly why: string } | undefined {
	if (record.cancel === undefined) return undefined;
	if (openHooks(record).length > 0) {
		return record.markedAt === undefined
			? { next: "hold", why: "the drain is cancelled, and a hook waits" }
			: { next: "release", why: "the drain is cancelled, and the mark has to go" };
	}
	return record.hooks.length === 0
		? { next: "restore", why: "the drain is cancelled" }
		: { next: "assess", why: "the drain is cancelled, and its hooks have ended" };
}

/** Who cancelled, and why, as the beginning of a sentence. */
const cancelOf = ({ cancel }: MaintenanceRecord): string =>
	`${cancel?.by ?? "An operator"} cancelled this drain${cancel?.reason ? ` (${cancel.reason})` : ""}`;

const WHAT_HOLDS = "the node stays cordoned, nothing more is evicted, and VMs that are marked already go on moving";

/** What the requester has to know whose cancel meets a hook that waits. */
export function cancelHeld(record: MaintenanceRecord): Trouble {
	const hooks = openHooks(record).map(
		({ hook, group, limitAt }) => `${hook} of group ${group} until ${new Date(limitAt).toISOString()}`,
	);
	return {
		kind: "cancel-held",
		about: record.instanceId,
		says: `${cancelOf(record)}, but AWS has no way back while a terminating hook waits (${hooks.join(", ")}). Heartbeats go on, ${WHAT_HOLDS}; order a drain to go on with it, or complete the hook by hand.`,
	};
}

/** The same where no hook of ours waits, and AWS takes the instance all the same. */
export const cancelTooLate = (record: MaintenanceRecord): Trouble => ({
	kind: "cancel-held",
	about: record.instanceId,
	says: `${cancelOf(record)}, but Auto Scaling is terminating the instance and has no way back; ${WHAT_HOLDS}. Order a drain to go on with it.`,
});

/** What is said when the drain has been taken back. */
export const restoredSays = (record: MaintenanceRecord, what: string): string => `${cancelOf(record)}. ${what}`;
