import { isCordonedByUs, ourAnnotations } from "./cordon.ts";
import { isSameNode, type NodeIdentity } from "./identity.ts";
import type { Look, MigrationFacts, NodeFacts, VmiFacts } from "./look.ts";
import { type NamespacedName, nameOf } from "./namespaced-name.ts";
import { isFinalVmi, isMarked, vmiOfMigration } from "./presence.ts";
import type { MaintenanceRecord } from "./record.ts";
import type { Trouble } from "./trouble.ts";
import { listed } from "./trouble-texts.ts";

const LATE_REQUEST_MS = 60_000;
/** What is not taken back after so long is told. */
const TAKES_TOO_LONG_MS = 30 * 60_000;

/** What of a drain one look still shows. */
export type Remains = {
	readonly node: NodeFacts;
	/** Our own; one that stood before us is nobody's to take away but its maker's. */
	readonly cordon: boolean;
	/** Our annotations on the Node. */
	readonly annotations: readonly string[];
	/** VMIs that KubeVirt, or another controller, is to move off this node. */
	readonly marked: readonly VmiFacts[];
	/** Unfinished migrations by which KubeVirt evacuates this node, never a user's own. */
	readonly migrations: readonly MigrationFacts[];
};

/** Everything that a drain has left on this very node; `not ours` when the Node is gone or another one. */
export function remainsOf(look: Look, record: MaintenanceRecord, node: NodeIdentity): Remains | "not ours" {
	if (!look.node || !isSameNode(look.node, node)) return "not ours";
	return {
		node: look.node,
		cordon: isCordonedByUs(look.node, record),
		annotations: ourAnnotations(look.node),
		marked: look.vmis.filter((vmi) => !isFinalVmi(vmi) && isMarked(vmi, node.name)),
		migrations: look.migrations.filter((migration) => isUnfinished(migration) && migration.evacuates === node.name),
	};
}

const isUnfinished = ({ phase }: MigrationFacts): boolean => phase !== "Succeeded" && phase !== "Failed";

/** Nothing is left, and the look proves it. */
export const isRestored = ({ cordon, annotations, marked, migrations }: Remains): boolean =>
	!cordon && annotations.length === 0 && marked.length === 0 && migrations.length === 0;

/**
 * Until when a cordon may still come that was asked for before the cancel and has not shown: an API server gives a request up
 * after a minute. Epoch milliseconds; undefined where Cordon saw its work done.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--request-timeout)
 */
export const lateCordonUntil = ({ cordonedAt, cancel }: MaintenanceRecord): number | undefined =>
	cordonedAt === undefined && cancel ? cancel.at + LATE_REQUEST_MS : undefined;

/**
 * The migrations that may be called off: not those that were already, and not those of VMIs that are marked, for which
 * KubeVirt would begin another one within a second.
 */
export const migrationsToCancel = (
	{ marked, migrations }: Remains,
	unmarked: ReadonlySet<string>,
	look: Look,
): readonly MigrationFacts[] =>
	migrations.filter((migration) => {
		const vmi = vmiOfMigration(migration, look);
		if (migration.deleting) return false;
		return vmi === undefined || unmarked.has(vmi.uid) || !marked.includes(vmi);
	});

const named = (vms: readonly NamespacedName[]): string => listed(vms.map(nameOf));

/** Marks that KubeVirt does not take off: these VMs are moved although nobody wants it any more. */
export const markStays = (node: string, vms: readonly VmiFacts[], why: string): Trouble => ({
	kind: "mark-stays",
	about: node,
	says: `The drain of ${node} is cancelled, but KubeVirt does not take its mark off ${named(vms)} (${why}); it goes on moving them until they have left. Let them move, or restart those VMs.`,
});

/** What has not been taken back half an hour after it could be: after the cancel, and the end of the last hook. */
export function takesTooLong(remains: Remains, { cancel, hooks }: MaintenanceRecord, now: number): readonly Trouble[] {
	if (isRestored(remains) || cancel === undefined) return [];
	const since = Math.max(cancel.at, ...hooks.map(({ lostAt, completedAt }) => lostAt ?? completedAt ?? 0));
	if (now < since + TAKES_TOO_LONG_MS) return [];
	const { node, cordon, annotations, marked, migrations } = remains;
	const left = [
		...(cordon || annotations.length > 0 ? ["our cordon"] : []),
		...(marked.length > 0 ? [`the mark on ${named(marked)}`] : []),
		...(migrations.length > 0 ? [`the migrations ${named(migrations)}`] : []),
	];
	const says = `The drain of ${node.name} is cancelled, and for more than half an hour this has not been taken back: ${left.join(", ")}. See whether virt-controller runs and what it says of them.`;
	return [{ kind: "stalled", about: node.name, says }];
}

/** How the node stands after a drain was taken back, for the one who cancelled it. */
export function standsNow({ unschedulable, name }: NodeFacts, { vms }: MaintenanceRecord): string {
	const moved = vms.filter(({ outcome }) => outcome?.kind === "migrated");
	const ended = vms.filter(({ outcome }) => outcome !== undefined && outcome.kind !== "migrated");
	return [
		unschedulable
			? `Node ${name} stays cordoned: that cordon is not Evacuator's.`
			: `Node ${name} is schedulable, and nothing moves off it any more.`,
		...(moved.length === 0 ? [] : [`Moved before, and not moved back: ${named(moved)}.`]),
		...(ended.length === 0 ? [] : [`Shut down before: ${named(ended)}.`]),
	].join(" ");
}
