import { setConditions } from "../controllers/conditions.ts";
import type { Ground } from "../controllers/ground.ts";
import { nodeNameOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import {
	activeLauncherOf,
	kubevirtVersionOf,
	migrationLimit,
	migrationTargetLabel,
	patchMigrationState,
} from "./kubevirt-objects.ts";
import { launcherPod } from "./launcher-pod.ts";
import { cpuSelector } from "./node-labels.ts";

/** Creates the pod that the VM is to move into. */
export function createTargetPod({ store, events }: Ground, vmi: KubeObject, vmim: KubeObject): void {
	const move = { migration: vmim, nodeSelector: cpuSelector(store, vmi) };
	const pod = store.create("pods", launcherPod(vmi, kubevirtVersionOf(store), move));
	const message = `Created migration target pod ${pod.metadata.name}`;
	events.say(vmim, { reason: "SuccessfulCreate", message, by: "virtualmachine-controller" });
}

/** Writes on the VMI where it is to go; from here on the virt-handlers of both nodes act. */
export function handOverToTarget(
	{ store }: Ground,
	{ vmim, vmi, target }: { readonly vmim: KubeObject; readonly vmi: KubeObject; readonly target: KubeObject },
): void {
	const source = activeLauncherOf(store, vmi);
	const targetNode = nodeNameOf(target);
	store.update("virtualmachineinstances", vmi.metadata.namespace, vmi.metadata.name, (draft) => {
		draft.metadata.labels = { ...draft.metadata.labels, [migrationTargetLabel]: targetNode };
		draft.status = {
			...draft.status,
			migrationState: {
				migrationUid: vmim.metadata.uid,
				migrationConfiguration: {
					allowAutoConverge: false,
					allowPostCopy: false,
					allowWorkloadDisruption: false,
					bandwidthPerMigration: "0",
					completionTimeoutPerGiB: 150,
					nodeDrainTaintKey: "kubevirt.io/drain",
					parallelMigrationsPerCluster: migrationLimit(store, "parallelMigrationsPerCluster", 5),
					parallelOutboundMigrationsPerNode: migrationLimit(store, "parallelOutboundMigrationsPerNode", 2),
					progressTimeout: 150,
					unsafeMigrationOverride: false,
				},
				sourceNode: draft.status?.nodeName,
				...(source === undefined ? {} : { sourcePod: source.metadata.name }),
				targetNode,
				targetPod: target.metadata.name,
			},
		};
	});
}

/** Asks the source's virt-handler to call the migration off. */
export function requestAbort({ store, clock }: Ground, vmi: KubeObject, vmim: KubeObject): void {
	const { namespace, name } = vmim.metadata;
	store.update("virtualmachineinstancemigrations", namespace, name, (draft) =>
		setConditions(draft, clock.now(), { type: "migrationAbortRequested", status: "True" }),
	);
	store.update("virtualmachineinstances", vmi.metadata.namespace, vmi.metadata.name, (draft) =>
		patchMigrationState(draft, { abortRequested: true }),
	);
}
