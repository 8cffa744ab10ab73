import type { Look, MigrationFacts, PodFacts, VmiFacts } from "./look.ts";

/** A pod whose containers have ended for good. It stays bound to its node until somebody deletes it. */
export const isEndedPod = (pod: PodFacts): boolean => pod.phase === "Succeeded" || pod.phase === "Failed";

/** A VMI whose guest has ended for good. Its `nodeName` stays what it was. */
export const isFinalVmi = (vmi: VmiFacts): boolean => vmi.phase === "Succeeded" || vmi.phase === "Failed";

/** Marked for eviction from this node: KubeVirt, or with strategy External another controller, is to move it. */
export const isMarked = (vmi: VmiFacts, node: string): boolean => vmi.evacuationNodeName === node;

/** Runs somewhere, and not here. A VMI that has no node yet runs nowhere. */
export const runsElsewhere = (vmi: VmiFacts, node: string): boolean => vmi.nodeName !== undefined && vmi.nodeName !== node;

/**
 * A migration of this VMI has begun to take up a second node and has not come to its end.
 * `completed` alone means nothing: KubeVirt sets it on a failed migration too.
 * https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-handler/migration-source.go
 */
export function isMigrating({ migration }: VmiFacts): boolean {
	if (migration === undefined || migration.ended || migration.failed || migration.completed) return false;
	return migration.started || migration.targetNode !== undefined;
}

/** The target pod of a migration that has not come to its end, however long the pod takes to start. */
export const isAwaited = (pod: PodFacts, look: Look): boolean =>
	pod.migrationUid !== undefined &&
	look.migrations.some(({ uid, phase }) => uid === pod.migrationUid && phase !== "Succeeded" && phase !== "Failed");

/** Phases in which a migration holds a target pod or a slot. */
export function isMoving({ phase }: MigrationFacts): boolean {
	return phase !== "Unset" && phase !== "Pending" && phase !== "Succeeded" && phase !== "Failed";
}

/** Pods bound to the node that carry a VMI and have not ended, whatever VMI objects say. */
export const liveLaunchers = (look: Look): readonly PodFacts[] =>
	look.pods.filter((pod) => pod.role === "launcher" && !isEndedPod(pod));

/** A launcher's VMI, joined by uid: a restarted VM has the same name and another uid. */
export const vmiOf = (pod: PodFacts, look: Look): VmiFacts | undefined =>
	look.vmis.find((vmi) => pod.vmiUid !== undefined && vmi.uid === pod.vmiUid);

/** The live launcher that carries this VMI on the node, never the target pod of a migration that comes in. */
export function launcherOf(vmi: VmiFacts, look: Look): PodFacts | undefined {
	const launchers = liveLaunchers(look).filter((pod) => pod.vmiUid === vmi.uid);
	return launchers.find((pod) => pod.migrationUid === undefined) ?? launchers[0];
}

/** The VMI that a migration moves. A migration knows it by name only. */
export const vmiOfMigration = (migration: MigrationFacts, look: Look): VmiFacts | undefined =>
	look.vmis.find((vmi) => vmi.namespace === migration.namespace && vmi.name === migration.vmiName);

/** Alive, and on the node by its status or by its label. */
export const isAliveOn = (vmi: VmiFacts, node: string): boolean =>
	!isFinalVmi(vmi) && (vmi.nodeName === node || vmi.nodeLabel === node);

/** Migrates from this node or to it. */
export const migratesOver = (vmi: VmiFacts, node: string): boolean =>
	!isFinalVmi(vmi) && isMigrating(vmi) && (vmi.migration?.sourceNode === node || vmi.migration?.targetNode === node);

/**
 * Every VMI that is alive and has to do with the node: by status, by label, by a live launcher there, or by a migration
 * from it or to it. In the order of the look.
 */
export function vmisOnNode(look: Look, node: string): readonly VmiFacts[] {
	const carried = new Set(liveLaunchers(look).map((pod) => pod.vmiUid));
	return look.vmis.filter((vmi) => isAliveOn(vmi, node) || migratesOver(vmi, node) || (carried.has(vmi.uid) && !isFinalVmi(vmi)));
}
