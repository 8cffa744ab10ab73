import type { Dwell } from "../controllers/dwell.ts";
import type { Ground } from "../controllers/ground.ts";
import { graceOf, hasEnded, isDeleting } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { textAt, timestamp } from "../store-object.ts";
import {
	enterPhase,
	isFinalMigration,
	migrationStateOf,
	migrationsOf,
	migrationTargetLabel,
	migrationUidLabel,
	patchMigrationState,
} from "./kubevirt-objects.ts";

/** Final migrations that are kept for each VMI. */
const kept = 5;
const pace = { copyState: 20, dropFinalizer: 100 };

/** Failed, with its reason as an event; a target that was never used is removed. */
export function failMigration({ store, clock, events }: Ground, vmim: KubeObject, reason: string, target?: KubeObject): void {
	const { namespace, name, uid } = vmim.metadata;
	events.say(vmim, { reason: "FailedMigration", message: reason, type: "Warning", by: "virtualmachine-controller" });
	store.update("virtualmachineinstancemigrations", namespace, name, (draft) => enterPhase(draft, "Failed", clock.now()));
	const vmi = store.get("virtualmachineinstances", namespace, textAt(vmim, "spec", "vmiName") ?? "");
	const state = vmi === undefined ? undefined : migrationStateOf(vmi);
	const mine = state?.migrationUid === uid;
	if (vmi !== undefined && mine && state?.startTimestamp === undefined && state?.endTimestamp === undefined) {
		store.update("virtualmachineinstances", namespace, vmi.metadata.name, (draft) => {
			patchMigrationState(draft, { completed: true, failed: true, endTimestamp: timestamp(clock.now()), failureReason: reason });
			const { [migrationTargetLabel]: _, ...labels } = draft.metadata.labels ?? {};
			draft.metadata.labels = labels;
		});
	}
	if (target !== undefined && !mine && !isDeleting(target) && !hasEnded(target)) {
		store.beginDeletion("pods", namespace, target.metadata.name, graceOf(target));
	}
}

/** After the last phase: the VMI's account of it is copied, the finalizer goes, the oldest of too many goes. */
export function concludeMigration(ground: Ground, vmim: KubeObject, dwell: Dwell): number | undefined {
	const { store } = ground;
	const { namespace = "", name, uid } = vmim.metadata;
	const vmiName = textAt(vmim, "spec", "vmiName") ?? "";
	const vmi = store.get("virtualmachineinstances", namespace, vmiName);
	const state = vmi === undefined ? undefined : migrationStateOf(vmi);
	if (state?.migrationUid === uid && migrationStateOf(vmim)?.migrationUid === undefined) {
		const wait = dwell.left(`${uid} copy`, pace.copyState);
		if (wait > 0) return wait;
		store.update("virtualmachineinstancemigrations", namespace, name, (draft) => patchMigrationState(draft, state));
	}
	if ((vmim.metadata.finalizers ?? []).length > 0) {
		const wait = dwell.left(`${uid} finalizer`, pace.dropFinalizer);
		if (wait > 0) return wait;
		store.update("virtualmachineinstancemigrations", namespace, name, (draft) => {
			delete draft.metadata.finalizers;
		});
	}
	if (vmi === undefined) removeMigration(ground, namespace, name);
	else collect(ground, namespace, vmiName);
	return undefined;
}

function removeMigration({ store }: Ground, namespace: string, name: string): void {
	if (store.get("virtualmachineinstancemigrations", namespace, name) !== undefined) {
		store.remove("virtualmachineinstancemigrations", namespace, name);
	}
}

function collect(ground: Ground, namespace: string, vmiName: string): void {
	const { store } = ground;
	const final = migrationsOf(store, namespace, vmiName).filter(isFinalMigration);
	for (const vmim of final.slice(0, Math.max(0, final.length - kept))) {
		for (const pod of store.labelled("pods", migrationUidLabel, vmim.metadata.uid)) {
			if (hasEnded(pod)) store.beginDeletion("pods", namespace, pod.metadata.name, 0);
		}
		removeMigration(ground, namespace, vmim.metadata.name);
	}
}
