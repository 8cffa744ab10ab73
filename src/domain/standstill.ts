import { type Circumstances, fatesOnNode, nodeOf } from "./circumstances.ts";
import type { Look, PodFacts } from "./look.ts";
import { nameOf } from "./namespaced-name.ts";
import { openHooks } from "./pace.ts";
import { vmisOnNode } from "./presence.ts";
import { migrationsOver } from "./proof-migrations.ts";
import { podsLeft } from "./proof-pods.ts";
import type { Hook, MaintenanceRecord } from "./record.ts";
import { isOfHook, type Trouble } from "./trouble.ts";
import { listed } from "./trouble-texts.ts";
import { neverProved } from "./unproven.ts";

/** While so long nothing leaves the node, somebody has to see why. */
const STANDSTILL_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;

/** The record with what a look shows to be left on the node; its instant changes only when that changes. */
export function withLeft(record: MaintenanceRecord, look: Look, now: number): MaintenanceRecord {
	if (!record.node) return record;
	const vms = vmisOnNode(look, record.node.name).length;
	const pods = podsLeft(look, record.node.name).length;
	if (record.left?.vms === vms && record.left.pods === pods) return record;
	return { ...record, left: { vms, pods, changedAt: now } };
}

/** What another trouble held up until now has its half hour from now on. */
export function withTroubleOver(record: MaintenanceRecord, troubles: readonly Trouble[], now: number): MaintenanceRecord {
	const isOver = ({ kind, about }: Trouble): boolean =>
		kind !== "stalled" && !isOfHook({ kind }) && !troubles.some((still) => still.about === about && still.kind === kind);
	return record.left && record.trouble.some(isOver) ? { ...record, left: { ...record.left, changedAt: now } } : record;
}

/** A drain that stands still: `left` says what on the node is not gone, and why. */
export const stalled = (node: string, left: string): Trouble => ({
	kind: "stalled",
	about: node,
	says: `The drain of ${node} stands still. What is left: ${left}; see what each waits for, or stop the VMs yourself.`,
});

/** What has been left for too long without a change, but for what `known` trouble names already. */
export function standstill(circumstances: Circumstances, known: readonly Trouble[]): readonly Trouble[] {
	const { look, record, now } = circumstances;
	// Nothing of it is evicted before it has a slot.
	if (record.slot || !record.left || now - record.left.changedAt < STANDSTILL_MS) return [];
	if (!look.node || known.some(({ kind }) => kind === "not-our-node")) return [];
	const all = leftOn(circumstances);
	const { unproven } = record.left;
	if (all.length === 0) return unproven === undefined ? [] : [neverProved(nodeOf(circumstances), unproven)];
	const named = new Set(known.map(({ about }) => about));
	const left = all.filter(({ about }) => !named.has(about));
	return left.length === 0 || !look.node.ready
		? []
		: [stalled(nodeOf(circumstances), listed(left.map(({ about, says }) => `${about} (${says})`)))];
}

/** An open hook or the deadline is near, and VMs or pods are left, or nothing proves that none comes. */
export function timeRunsOut(circumstances: Circumstances): readonly Trouble[] {
	const stands = whatStands(circumstances);
	if (stands === undefined) return [];
	return endsOf(circumstances.record)
		.filter((end) => isNear(end, circumstances.now))
		.map(({ at, about, says }) => ({
			kind: "hook-ends",
			about,
			says: `${says} at ${new Date(at).toISOString()}, and ${stands}.`,
		}));
}

/** A cancelled drain proves nothing more. */
function whatStands(circumstances: Circumstances): string | undefined {
	const { left: { unproven } = {}, cancel } = circumstances.record;
	const left = leftOn(circumstances).map(({ about }) => about);
	if (left.length > 0) return `this is left: ${listed(left)}; get it off the node before, or stop the VMs yourself`;
	return unproven === undefined || cancel ? undefined : `though nothing is left it is not proved that nothing comes; ${unproven}`;
}

/** AWS takes the instance soon, whatever runs on it: the limit of an open hook is near. `now` in epoch milliseconds. */
export const isTimeShort = (record: MaintenanceRecord, now: number): boolean =>
	openHooks(record).some((hook) => isNear(endOfHook(hook), now));

const isNear = ({ at, lasts }: Pick<End, "at" | "lasts">, now: number): boolean =>
	at - now <= Math.min(4 * HOUR_MS, Math.max(0, lasts / 4));

type End = { readonly at: number; readonly lasts: number; readonly about: string; readonly says: string };

const endsOf = (record: MaintenanceRecord): readonly End[] => [
	...openHooks(record).map(endOfHook),
	...(record.deadline === undefined || record.hooks.some(({ limitAt }) => limitAt === record.deadline)
		? []
		: [{ at: record.deadline, lasts: record.deadline - record.openedAt, about: record.instanceId, says: "The deadline is" }]),
];

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html */
const endOfHook = ({ hook, group, limitAt, timeoutSeconds }: Hook): End => ({
	at: limitAt,
	lasts: Math.min(48 * HOUR_MS, 100 * timeoutSeconds * 1000),
	about: hook,
	says: `AWS takes the instance when hook ${hook} of group ${group} reaches its limit`,
});

type Left = { readonly about: string; readonly says: string };

/** VMs, the pods that do not wait for them, and the migrations that are of none of them. */
function leftOn(circumstances: Circumstances): readonly Left[] {
	const { look } = circumstances;
	const present = fatesOnNode(circumstances);
	const vms = present.map(({ vmi, fate }) => ({ about: nameOf(vmi), says: fate.why }));
	const uids = new Set(present.map(({ vmi }) => vmi.uid));
	const waits = ({ role, vmiUid = "" }: PodFacts) =>
		role === "launcher" ? uids.has(vmiUid) : role !== "ordinary" && uids.size > 0;
	const waiting = new Set(look.pods.filter(waits).map(nameOf));
	const pods = podsLeft(look, nodeOf(circumstances)).filter(({ about }) => !waiting.has(about));
	const known = new Set(vms.map(({ about }) => about));
	const migrations = migrationsOver(look, nodeOf(circumstances)).filter(
		({ namespace, vmiName }) => !known.has(nameOf({ namespace, name: vmiName })),
	);
	return [
		...vms,
		...pods.map(({ about, says }) => ({ about, says: says.replace(/\.$/, "") })),
		...migrations.map((migration) => ({
			about: nameOf(migration),
			says: `the migration of ${migration.vmiName} is ${migration.phase}`,
		})),
	];
}
