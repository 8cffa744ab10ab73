import { type Condition, conditionOf, conditionsOf, isTrue } from "../controllers/conditions.ts";
import { hasEnded, isDeleting, phaseOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { textAt, timestamp } from "../store-object.ts";
import { isMigrating } from "./kubevirt-objects.ts";

const copied = ["LiveMigratable", "StorageLiveMigratable", "AgentConnected", "EvictionRequested"];

/** On a draft: what a VM says about its VMI. */
export function vmStatus(draft: KubeObject, vmi: KubeObject | undefined, now: number): void {
	const runStrategy = textAt(draft, "spec", "runStrategy");
	const ready = readyOf(vmi);
	const before = conditionOf(draft, "Ready");
	const since = before?.status === ready.status ? (before.lastTransitionTime ?? null) : timestamp(now);
	const conditions: Condition[] = [
		{ lastProbeTime: null, lastTransitionTime: since, ...ready },
		...(vmi === undefined ? [] : conditionsOf(vmi).filter(({ type }) => copied.includes(type))),
	];
	draft.status = {
		...draft.status,
		conditions,
		created: vmi === undefined ? undefined : true,
		ready: ready.status === "True" ? true : undefined,
		printableStatus: printableStatus(draft, vmi),
		runStrategy,
		observedGeneration: draft.metadata.generation,
		desiredGeneration: draft.metadata.generation,
	};
}

function readyOf(vmi: KubeObject | undefined): Condition {
	if (vmi === undefined) {
		return { type: "Ready", status: "False", reason: "VMINotExists", message: "VMI does not exist" };
	}
	const ready = conditionOf(vmi, "Ready");
	if (ready !== undefined) return { type: "Ready", status: ready.status, reason: ready.reason, message: ready.message };
	return { type: "Ready", status: "False", reason: "VMIConditionMissing", message: "VMI is missing the Ready condition" };
}

/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/watch/vm/vm.go (setPrintableStatus) */
function printableStatus(vm: KubeObject, vmi: KubeObject | undefined): string {
	if (vmi === undefined)
		return textAt(vm, "spec", "runStrategy") === "Always" && vm.status === undefined ? "Starting" : "Stopped";
	if (hasEnded(vmi)) return "Stopped";
	if (isDeleting(vmi)) return "Stopping";
	if (isMigrating(vmi)) return "Migrating";
	if (phaseOf(vmi) === "Running") return isTrue(vmi, "Paused") ? "Paused" : "Running";
	return conditionOf(vmi, "PodScheduled")?.status === "False" ? "ErrorUnschedulable" : "Starting";
}
