import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { taintsOf } from "../controllers/placement.ts";
import { hasEnded, isDeleting, keyOfObject, split } from "../controllers/pods.ts";
import type { Change, KubeObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import {
	domainAnnotation,
	effectiveStrategy,
	evacuationAnnotation,
	isFinalMigration,
	isMigratable,
	isMigrating,
	livingLaunchersOf,
	migrationsOf,
	vmiNameLabel,
} from "./kubevirt-objects.ts";

/**
 * Creates a migration for every VMI that is marked for eviction, all at once since 1.9, and again for as long as the
 * mark is there. https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/watch/drain/evacuation/evacuation.go
 */
export function evacuationController(ground: Ground): Controller {
	const { store, events } = ground;
	return {
		name: "evacuation",
		program: "virt-controller",
		lag: 155,
		keysOf: (change) => keysOf(ground, change),
		reconcile: (key) => {
			const vmi = store.get("virtualmachineinstances", ...split(key));
			if (vmi === undefined || !isCandidate(ground, vmi)) return undefined;
			const created = store.create("virtualmachineinstancemigrations", evacuation(vmi));
			const message = `Created Migration ${created.metadata.name}`;
			events.say(vmi, { reason: "SuccessfulCreate", message, by: "disruptionbudget-controller" });
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

function isCandidate({ store }: Ground, vmi: KubeObject): boolean {
	const nodeName = textAt(vmi, "status", "nodeName");
	const node = nodeName === undefined ? undefined : store.get("nodes", undefined, nodeName);
	if (node === undefined || hasEnded(vmi) || isDeleting(vmi)) return false;
	const drained = taintsOf(node).some(({ key, effect }) => key === "kubevirt.io/drain" && effect === "NoSchedule");
	const marked = textAt(vmi, "status", "evacuationNodeName") === nodeName && !isMigrating(vmi);
	if (!(marked || drained) || !isMigratable(vmi)) return false;
	const strategy = effectiveStrategy(store, vmi);
	if (strategy !== "LiveMigrate" && strategy !== "LiveMigrateIfPossible") return false;
	const { namespace = "", name } = vmi.metadata;
	if (!migrationsOf(store, namespace, name).every(isFinalMigration)) return false;
	return livingLaunchersOf(store, vmi).length <= 1;
}

function evacuation(vmi: KubeObject) {
	const { namespace = "", name, annotations } = vmi.metadata;
	const byDescheduler = annotations?.["kubevirt.io/eviction-source"] === "descheduler";
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceMigration",
		metadata: {
			generateName: "kubevirt-evacuation-",
			namespace,
			annotations: { [evacuationAnnotation]: textAt(vmi, "status", "nodeName") ?? "" },
			labels: { [vmiNameLabel]: name },
			finalizers: ["kubevirt.io/migrationJobFinalize"],
		},
		spec: { vmiName: name, priority: byDescheduler ? "system-maintenance" : "system-critical" },
	};
}
