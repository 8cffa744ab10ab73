import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { keyOfObject, split } from "../controllers/pods.ts";
import type { Change } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { createEvacuation, evacuationOf } from "./evacuation-candidates.ts";
import { domainAnnotation } from "./kubevirt-objects.ts";
import { throttledEvacuationController } from "./throttled-evacuation.ts";

/** Creates migrations for the VMIs that are marked for eviction, and again for as long as the mark is there. */
export function evacuationController(ground: Ground, behaviour: KubeVirtBehaviour): Controller {
	return behaviour.priorityQueue
		? promptEvacuationController(ground, behaviour)
		: throttledEvacuationController(ground, behaviour);
}

/** For all at once. https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/watch/drain/evacuation/evacuation.go */
function promptEvacuationController(ground: Ground, behaviour: KubeVirtBehaviour): Controller {
	const { store } = ground;
	return {
		name: "evacuation",
		program: "virt-controller",
		lag: 155,
		keysOf: (change) => keysOf(ground, change),
		reconcile: (key) => {
			const vmi = store.get("virtualmachineinstances", ...split(key));
			if (vmi !== undefined && evacuationOf(ground, vmi) === "migrate") createEvacuation(ground, behaviour, vmi);
			return undefined;
		},
	};
}

function keysOf({ store }: Ground, { resource, object, previous }: Change): readonly string[] {
	const { namespace } = object.metadata;
	if (resource === "virtualmachineinstances") return [keyOfObject(object)];
	if (resource === "virtualmachineinstancemigrations") return [`${namespace}/${textAt(object, "spec", "vmiName")}`];
	const domain = resource === "pods" ? object.metadata.annotations?.[domainAnnotation] : undefined;
	if (domain !== undefined) return [`${namespace}/${domain}`];
	if (resource !== "nodes" || object.spec?.taints === previous?.spec?.taints) return [];
	return store
		.list("virtualmachineinstances")
		.filter((vmi) => textAt(vmi, "status", "nodeName") === object.metadata.name)
		.map(keyOfObject);
}
