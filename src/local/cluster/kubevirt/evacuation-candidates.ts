import type { Ground } from "../controllers/ground.ts";
import { taintsOf } from "../controllers/placement.ts";
import { hasEnded, isDeleting } from "../controllers/pods.ts";
import type { KubeObject, NewObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import {
	effectiveStrategy,
	evacuationAnnotation,
	isFinalMigration,
	isMigratable,
	isMigrating,
	livingLaunchersOf,
	migrationFinalizer,
	migrationsOf,
	vmiNameLabel,
} from "./kubevirt-objects.ts";

/**
 * What the evacuation controller is to do with a VMI: `migrate` it, say that it `cannot` be migrated, or `leave` it.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-controller/watch/drain/evacuation/evacuation.go
 */
export function evacuationOf({ store }: Ground, vmi: KubeObject): "migrate" | "cannot" | "leave" {
	const nodeName = textAt(vmi, "status", "nodeName");
	const node = nodeName === undefined ? undefined : store.get("nodes", undefined, nodeName);
	if (node === undefined || hasEnded(vmi) || isDeleting(vmi)) return "leave";
	const drained = taintsOf(node).some(({ key, effect }) => key === "kubevirt.io/drain" && effect === "NoSchedule");
	const marked = textAt(vmi, "status", "evacuationNodeName") === nodeName && !isMigrating(vmi);
	if (!(marked || drained)) return "leave";
	const strategy = effectiveStrategy(store, vmi);
	if (strategy !== "LiveMigrate" && strategy !== "LiveMigrateIfPossible") return "leave";
	if (!isMigratable(vmi)) return strategy === "LiveMigrate" ? "cannot" : "leave";
	const { namespace = "", name } = vmi.metadata;
	if (!migrationsOf(store, namespace, name).every(isFinalMigration)) return "leave";
	return livingLaunchersOf(store, vmi).length <= 1 ? "migrate" : "leave";
}

/** Creates the migration that is to take this VMI off its node, and says so on the VMI. */
export function createEvacuation({ store, events }: Ground, behaviour: KubeVirtBehaviour, vmi: KubeObject): void {
	const created = store.create("virtualmachineinstancemigrations", evacuation(behaviour, vmi));
	const message = `Created Migration ${created.metadata.name}`;
	events.say(vmi, { reason: "SuccessfulCreate", message, by: "evacuation-controller" });
}

function evacuation({ priorityQueue }: KubeVirtBehaviour, vmi: KubeObject): NewObject {
	const { namespace = "", name, annotations } = vmi.metadata;
	const byDescheduler = annotations?.["kubevirt.io/eviction-source"] === "descheduler";
	const priority = byDescheduler ? "system-maintenance" : "system-critical";
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceMigration",
		metadata: {
			generateName: "kubevirt-evacuation-",
			namespace,
			annotations: { [evacuationAnnotation]: textAt(vmi, "status", "nodeName") ?? "" },
			labels: { [vmiNameLabel]: name },
			finalizers: [migrationFinalizer],
		},
		spec: { vmiName: name, ...(priorityQueue ? { priority } : {}) },
	};
}
