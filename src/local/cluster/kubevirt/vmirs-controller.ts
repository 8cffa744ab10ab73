import { conditionOf } from "../controllers/conditions.ts";
import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded, isDeleting, isReady, keyOfObject, split } from "../controllers/pods.ts";
import type { Change, KubeObject } from "../store.ts";
import { fieldsAt } from "../store-object.ts";
import { vmiOfTemplate } from "./vm-controller.ts";

/**
 * Keeps the number of VMIs. One whose launcher is being stopped does not count any more: its replacement starts at
 * once, and it is deleted itself, before it is down.
 */
export function vmirsController(ground: Ground): Controller {
	const { store, events } = ground;
	return {
		name: "vmirs",
		program: "virt-controller",
		lag: 25,
		keysOf,
		reconcile: (key) => {
			const set = store.get("virtualmachineinstancereplicasets", ...split(key));
			if (set === undefined || isDeleting(set)) return undefined;
			const { namespace, name, uid } = set.metadata;
			const own = store.ownedBy("virtualmachineinstances", uid).filter((vmi) => !isDeleting(vmi));
			const lost = own.filter(isLost);
			const active = own.filter((vmi) => !isLost(vmi));
			const wanted = Number(set.spec?.replicas ?? 1);
			for (let missing = wanted - active.length; missing > 0; missing--) {
				const vmi = store.create("virtualmachineinstances", vmiOfTemplate(set, { generateName: name }));
				const message = `Started the virtual machine by creating the new virtual machine instance ${vmi.metadata.name}`;
				events.say(set, { reason: "SuccessfulCreate", message, by: "virtualmachinereplicaset-controller" });
			}
			for (const vmi of [...lost, ...active.toReversed().slice(0, Math.max(0, active.length - wanted))]) {
				store.remove("virtualmachineinstances", namespace, vmi.metadata.name);
				const message = `Stopped the virtual machine by deleting the virtual machine instance ${vmi.metadata.uid}`;
				events.say(set, { reason: "SuccessfulDelete", message, by: "virtualmachinereplicaset-controller" });
			}
			const ready = active.filter(isReady).length;
			store.update("virtualmachineinstancereplicasets", namespace, name, (draft) => {
				const matchLabels = fieldsAt(draft, "spec", "selector", "matchLabels");
				const labelSelector = Object.entries(matchLabels)
					.map(([label, value]) => `${label}=${String(value)}`)
					.join(",");
				draft.status = { labelSelector, replicas: active.length, ...(ready === 0 ? {} : { readyReplicas: ready }) };
			});
			return undefined;
		},
	};
}

function isLost(vmi: KubeObject): boolean {
	return hasEnded(vmi) || conditionOf(vmi, "Ready")?.reason === "PodTerminating";
}

function keysOf({ resource, object }: Change): readonly string[] {
	if (resource === "virtualmachineinstancereplicasets") return [keyOfObject(object)];
	if (resource !== "virtualmachineinstances") return [];
	const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === "VirtualMachineInstanceReplicaSet");
	return owner === undefined ? [] : [`${object.metadata.namespace}/${owner.name}`];
}
