import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { phaseOf } from "../controllers/pods.ts";
import type { Change, KubeObject } from "../store.ts";
import { textAt } from "../store-object.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { createEvacuation, evacuationOf } from "./evacuation-candidates.ts";
import { domainAnnotation, evacuationAnnotation, isFinalMigration, migrationLimit } from "./kubevirt-objects.ts";

/** Milliseconds. Without a free slot the node is looked at again after so long, whatever else calls for a look meanwhile. */
const retryMs = 5_000;
/** From its own creations to the next look. */
const observedMs = 20;
/** The words about VMIs that cannot be migrated are repeated after so long. */
const reminderMs = 60_000;

/**
 * Up to 1.8: node by node, as many migrations as slots are free. A migration that has not got its pod yet takes no slot here, so
 * that more are created than can start when evictions come quickly; later ones wait without any migration.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-controller/watch/drain/evacuation/evacuation.go
 */
export function throttledEvacuationController(ground: Ground, behaviour: KubeVirtBehaviour): Controller {
	const { store, clock } = ground;
	/** When a node is looked at again for want of slots, in milliseconds. */
	const retries = new Map<string, number>();
	return {
		name: "evacuation",
		program: "virt-controller",
		lag: 155,
		keysOf: (change) => keysOf(ground, change),
		reconcile: (nodeName) => {
			if (store.get("nodes", undefined, nodeName) === undefined) return undefined;
			const now = clock.now();
			if ((retries.get(nodeName) ?? now) <= now) retries.delete(nodeName);
			const again = evacuate(ground, behaviour, nodeName);
			if (again === retryMs && !retries.has(nodeName)) retries.set(nodeName, now + retryMs);
			const due = (retries.get(nodeName) ?? Number.POSITIVE_INFINITY) - now;
			const soonest = Math.min(again ?? Number.POSITIVE_INFINITY, due);
			return Number.isFinite(soonest) ? soonest : undefined;
		},
	};
}

/** Does what slots are free for; answers in how many milliseconds to look again. */
function evacuate(ground: Ground, behaviour: KubeVirtBehaviour, nodeName: string): number | undefined {
	const vmis = vmisOn(ground, nodeName).map((vmi) => ({ vmi, verdict: evacuationOf(ground, vmi) }));
	const candidates = vmis.filter(({ verdict }) => verdict === "migrate");
	const stuck = vmis.filter(({ verdict }) => verdict === "cannot");
	if (candidates.length === 0 && stuck.length === 0) return undefined;
	const free = freeSlots(ground, nodeName);
	if (free <= 0) return retryMs;
	const chosen = candidates.slice(0, free);
	const told = stuck.slice(0, free - chosen.length);
	for (const { vmi } of told) {
		const message = "VirtualMachineInstance is not migrateable";
		ground.events.say(vmi, { reason: "FailedCreate", message, by: "evacuation-controller" });
	}
	for (const { vmi } of chosen) createEvacuation(ground, behaviour, vmi);
	if (chosen.length > 0) return observedMs;
	return told.length > 0 ? reminderMs : undefined;
}

function vmisOn({ store }: Ground, nodeName: string): readonly KubeObject[] {
	return store.list("virtualmachineinstances").filter((vmi) => textAt(vmi, "status", "nodeName") === nodeName);
}

/** Migrations that have got beyond Pending take the slots, those of VMIs on this node the node's. */
function freeSlots(ground: Ground, nodeName: string): number {
	const { store } = ground;
	const running = store
		.list("virtualmachineinstancemigrations")
		.filter((vmim) => !isFinalMigration(vmim) && phaseOf(vmim) !== "" && phaseOf(vmim) !== "Pending");
	const here = new Set(vmisOn(ground, nodeName).map(({ metadata }) => metadata.name));
	const outbound = running.filter((vmim) => here.has(textAt(vmim, "spec", "vmiName") ?? ""));
	const inCluster = migrationLimit(store, "parallelMigrationsPerCluster", 5) - running.length;
	const onNode = migrationLimit(store, "parallelOutboundMigrationsPerNode", 2) - outbound.length;
	return Math.min(inCluster, onNode);
}

function keysOf({ store }: Ground, { resource, type, object, previous }: Change): readonly string[] {
	const { namespace, name, annotations } = object.metadata;
	const nodeOf = (vmi: KubeObject | undefined): readonly string[] => {
		const nodeName = textAt(vmi, "status", "nodeName") ?? "";
		return nodeName === "" ? [] : [nodeName];
	};
	const nodeOfVmi = (vmiName: string | undefined): readonly string[] =>
		nodeOf(vmiName === undefined ? undefined : store.get("virtualmachineinstances", namespace, vmiName));
	if (resource === "virtualmachineinstances") return nodeOf(object);
	if (resource === "virtualmachineinstancemigrations") {
		const evacuated = type === "ADDED" ? annotations?.[evacuationAnnotation] : undefined;
		return evacuated === undefined ? nodeOfVmi(textAt(object, "spec", "vmiName")) : [evacuated];
	}
	if (resource === "pods") return nodeOfVmi(annotations?.[domainAnnotation]);
	return resource === "nodes" && object.spec?.taints !== previous?.spec?.taints ? [name] : [];
}
