import type { MaintenanceRecord } from "./record.ts";

/** Instants are epoch milliseconds, instances are keys. */
type Lease = {
	/** With the instance it names the execution that drains. */
	readonly generation: number;
	readonly since: number;
	/** Whether its node hosts VMs. */
	readonly vmNode: boolean;
};

export type Waiter = Lease & { readonly openedAt: number; readonly deadline?: number };

/** New drains of VM nodes pause, or did until `liftedAt`. `by` is the instance whose maintenance has told, at `toldAt`. */
type Pause = { readonly since: number; readonly toldAt: number; readonly by: string; readonly liftedAt?: number };

/** Who drains in a cluster, and who waits to. One maintenance has one slot, whatever its generation. */
export type ClusterSlots = {
	readonly cluster: string;
	/** Raised by every write but that of a waiter's own entry; 0 while nothing is stored. */
	readonly version: number;
	readonly leases: Readonly<Record<string, Lease>>;
	readonly waiting: Readonly<Record<string, Waiter>>;
	readonly paused?: Pause;
};

/** So many entries of each kind are written down, which is far below what DynamoDB takes. Whoever comes later is not. */
const MOST_ENTRIES = 1_000;

export const noSlots = (cluster: string): ClusterSlots => ({ cluster, version: 0, leases: {}, waiting: {} });

/** The record's maintenance drains now, in this generation. It waits no longer. */
export function withLease(slots: ClusterSlots, record: MaintenanceRecord, now: number): ClusterSlots {
	const { instanceId } = record;
	const held = slots.leases[instanceId];
	const generation = Math.max(record.generation, held?.generation ?? 0);
	if (held?.generation === generation && !slots.waiting[instanceId]) return slots;
	const { [instanceId]: _, ...waiting } = slots.waiting;
	const lease = { generation, since: held?.since ?? now, vmNode: hostsVms(record) };
	return { ...slots, leases: withEntry(slots.leases, instanceId, lease), waiting };
}

/** The record's maintenance waits, with its deadline of now and since whenever it began. */
export function withWaiter(slots: ClusterSlots, record: MaintenanceRecord, now: number): ClusterSlots {
	const { instanceId } = record;
	const known = slots.waiting[instanceId];
	const waiter = waiterOf(record, known, now);
	if (known && isSame(known, waiter)) return slots;
	const waiting = withEntry(slots.waiting, instanceId, waiter);
	return waiting === slots.waiting ? slots : { ...slots, waiting };
}

/** Without these instances, that neither drain nor wait any more. */
export function without(slots: ClusterSlots, instanceIds: readonly string[]): ClusterSlots {
	const rest = <Entry>(entries: Readonly<Record<string, Entry>>) =>
		Object.fromEntries(Object.entries(entries).filter(([instanceId]) => !instanceIds.includes(instanceId)));
	return instanceIds.length === 0 ? slots : { ...slots, leases: rest(slots.leases), waiting: rest(slots.waiting) };
}

export const withPause = (slots: ClusterSlots, paused: Pause): ClusterSlots => ({ ...slots, paused });

export const withPauseLifted = (slots: ClusterSlots, liftedAt: number): ClusterSlots =>
	slots.paused && isPaused(slots) ? { ...slots, paused: { ...slots.paused, liftedAt } } : slots;

export const isPaused = ({ paused }: ClusterSlots): boolean => paused !== undefined && paused.liftedAt === undefined;

/**
 * The queue as it is for this maintenance, itself included: the earliest deadline first, then who was opened first. While
 * VM nodes pause, whoever drains another kind of node does not stand behind them.
 */
export function queueFor(slots: ClusterSlots, record: MaintenanceRecord, now: number): readonly string[] {
	const own = waiterOf(record, slots.waiting[record.instanceId], now);
	const passes = isPaused(slots) && !own.vmNode;
	return Object.entries({ ...slots.waiting, [record.instanceId]: own })
		.filter(([, { vmNode }]) => !passes || !vmNode)
		.sort(byDeadline)
		.map(([instanceId]) => instanceId);
}

/** How many more may drain. Urgent drains count, and are not held up: there may be less than none. */
export const freeSlots = ({ leases }: ClusterSlots, drainsAtOnce: number): number => drainsAtOnce - Object.keys(leases).length;

/** Only the entry of somebody who waits has changed, which nobody else's decision rests on. */
export const isQueueing = (was: ClusterSlots, next: ClusterSlots): boolean =>
	was.leases === next.leases && was.paused === next.paused;

export const hostsVms = ({ vmNodes }: Pick<MaintenanceRecord, "vmNodes">): boolean => vmNodes?.hasOurs ?? false;

function waiterOf(record: MaintenanceRecord, known: Waiter | undefined, now: number): Waiter {
	const { deadline } = record;
	return {
		generation: Math.max(record.generation, known?.generation ?? 0),
		since: known?.since ?? now,
		vmNode: hostsVms(record),
		openedAt: known?.openedAt ?? record.openedAt,
		...(deadline !== undefined && { deadline }),
	};
}

const isSame = (a: Waiter, b: Waiter): boolean =>
	a.generation === b.generation && a.deadline === b.deadline && a.vmNode === b.vmNode;

function withEntry<Entry>(entries: Readonly<Record<string, Entry>>, key: string, entry: Entry): Readonly<Record<string, Entry>> {
	return entries[key] === undefined && Object.keys(entries).length >= MOST_ENTRIES ? entries : { ...entries, [key]: entry };
}

type Queued = readonly [string, Waiter];

function byDeadline([idA, a]: Queued, [idB, b]: Queued): number {
	const [endA = Number.MAX_VALUE, endB = Number.MAX_VALUE] = [a.deadline, b.deadline];
	return endA - endB || a.openedAt - b.openedAt || (idA < idB ? -1 : 1);
}
