import { type Condition, isTrue } from "../controllers/conditions.ts";
import { hasEnded, isDeleting, nodeNameOf, phaseOf } from "../controllers/pods.ts";
import type { KubeObject, ObjectStore } from "../store.ts";
import { fieldsAt, textAt, timestamp } from "../store-object.ts";

export const domainAnnotation = "kubevirt.io/domain";
export const createdByLabel = "kubevirt.io/created-by";
export const nodeNameLabel = "kubevirt.io/nodeName";
export const migrationTargetLabel = "kubevirt.io/migrationTargetNodeName";
export const migrationUidLabel = "kubevirt.io/migrationJobUID";
export const vmiNameLabel = "kubevirt.io/vmi-name";
export const evacuationAnnotation = "kubevirt.io/evacuationMigration";
export const migrationFinalizer = "kubevirt.io/migrationJobFinalize";
export const evictionInProgress = "descheduler.alpha.kubernetes.io/eviction-in-progress";
export const unpaused = "kubevirt.io/virtual-machine-unpaused";

/** On a launcher, whose readiness waits for it. */
export const notPaused: Condition = {
	type: unpaused,
	status: "True",
	reason: "NotPaused",
	message: "the virtual machine is not paused",
};

/** Labels and annotations are maps that may be missing. */
export function labelOf(object: KubeObject, label: string): string | undefined {
	return object.metadata.labels?.[label];
}

/** `status.migrationState`, of a VMI or of a migration. */
export type MigrationState = {
	migrationUid?: string;
	sourceNode?: string;
	sourcePod?: string;
	targetNode?: string;
	targetPod?: string;
	targetNodeAddress?: string;
	targetNodeDomainDetected?: boolean;
	startTimestamp?: string;
	endTimestamp?: string;
	completed?: boolean;
	failed?: boolean;
	failureReason?: string;
	abortRequested?: boolean;
	abortStatus?: string;
	mode?: string;
};

export function migrationStateOf(object: KubeObject): MigrationState | undefined {
	const state = object.status?.migrationState;
	return state === undefined ? undefined : (state as MigrationState);
}

/** Changes the migration state of a draft; fields set to undefined go. */
export function patchMigrationState(
	draft: KubeObject,
	patch: { [field in keyof MigrationState]?: MigrationState[field] | undefined },
): void {
	draft.status = { ...draft.status, migrationState: { ...migrationStateOf(draft), ...patch } };
}

/** Sets the phase of a draft (VMI or migration) and notes when. */
export function enterPhase(draft: KubeObject, phase: string, now: number): void {
	if (phaseOf(draft) === phase) return;
	const before = draft.status?.phaseTransitionTimestamps;
	const transition = { phase, phaseTransitionTimestamp: timestamp(now) };
	const phaseTransitionTimestamps = [...(Array.isArray(before) ? before : []), transition];
	draft.status = { ...draft.status, phase, phaseTransitionTimestamps };
}

export function launchersOf(store: ObjectStore, vmi: KubeObject): readonly KubeObject[] {
	return store.labelled("pods", createdByLabel, vmi.metadata.uid);
}

/** Launchers that are bound or not, but have not ended. */
export function livingLaunchersOf(store: ObjectStore, vmi: KubeObject): readonly KubeObject[] {
	return launchersOf(store, vmi).filter((pod) => !hasEnded(pod));
}

/** The launcher that runs the guest: on the VMI's node, and not the target of a migration that has not ended. */
export function activeLauncherOf(store: ObjectStore, vmi: KubeObject): KubeObject | undefined {
	const nodeName = textAt(vmi, "status", "nodeName") ?? "";
	const living = livingLaunchersOf(store, vmi);
	const here = living.filter((pod) => nodeName !== "" && nodeNameOf(pod) === nodeName);
	return here.find((pod) => !isDeleting(pod)) ?? here[0] ?? living.find((pod) => labelOf(pod, migrationUidLabel) === undefined);
}

export function vmiOfLauncher(store: ObjectStore, pod: KubeObject): KubeObject | undefined {
	const name = pod.metadata.annotations?.[domainAnnotation];
	const vmi = name === undefined ? undefined : store.get("virtualmachineinstances", pod.metadata.namespace, name);
	return vmi?.metadata.uid === labelOf(pod, createdByLabel) ? vmi : undefined;
}

export function isMigratable(vmi: KubeObject): boolean {
	return isTrue(vmi, "LiveMigratable");
}

/** Started and not ended, as the VMI says. */
export function isMigrating(vmi: KubeObject): boolean {
	const state = migrationStateOf(vmi);
	return state?.startTimestamp !== undefined && state.endTimestamp === undefined;
}

export function isFinalMigration(vmim: KubeObject): boolean {
	return hasEnded(vmim);
}

export function migrationsOf(store: ObjectStore, namespace: string, vmiName: string): readonly KubeObject[] {
	return store
		.labelled("virtualmachineinstancemigrations", vmiNameLabel, vmiName)
		.filter(({ metadata }) => metadata.namespace === namespace);
}

/** The KubeVirt object of the cluster. */
function kubevirtOf(store: ObjectStore): KubeObject | undefined {
	return store.list("kubevirts")[0];
}

/** `v1.9.0`, as the KubeVirt object says. */
export function kubevirtVersionOf(store: ObjectStore): string {
	return textAt(kubevirtOf(store), "status", "observedKubeVirtVersion") ?? "";
}

/** A number of KubeVirt's migration configuration. */
export function migrationLimit(
	store: ObjectStore,
	name: "parallelMigrationsPerCluster" | "parallelOutboundMigrationsPerNode",
	otherwise: number,
): number {
	const value = fieldsAt(kubevirtOf(store), "spec", "configuration", "migrations")[name];
	return typeof value === "number" ? value : otherwise;
}

/** The VMI's own eviction strategy, else the cluster's, else None. */
export function effectiveStrategy(store: ObjectStore, vmi: { readonly spec?: unknown }): string {
	return (
		textAt(vmi, "spec", "evictionStrategy") ?? textAt(kubevirtOf(store), "spec", "configuration", "evictionStrategy") ?? "None"
	);
}
