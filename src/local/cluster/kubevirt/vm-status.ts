import { type Condition, conditionOf, conditionsOf, isTrue } from "../controllers/conditions.ts";
import { hasEnded, isDeleting, phaseOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { itemsAt, textAt, timestamp } from "../store-object.ts";
import { isMigrating } from "./kubevirt-objects.ts";

/** What the controller has just done and does not see yet. */
export type Expected = "start" | "stop" | undefined;

/** Conditions of a VM that are not copied from its VMI. */
const own = ["Ready", "Failure", "RestartRequired"];

/**
 * On a draft: what a VM says about its VMI. Of a VMI that is gone the last conditions stay, but for Ready.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-controller/watch/vm/vm.go#L2716
 */
export function vmStatus(draft: KubeObject, vmi: KubeObject | undefined, now: number, expected?: Expected): void {
	const runStrategy = textAt(draft, "spec", "runStrategy");
	const ready = readyOf(vmi);
	const before = conditionOf(draft, "Ready");
	const since = before?.status === ready.status ? (before.lastTransitionTime ?? null) : timestamp(now);
	const conditions: Condition[] = [
		{ lastProbeTime: null, lastTransitionTime: since, ...ready },
		...conditionsOf(vmi ?? draft).filter(({ type }) => !own.includes(type)),
	];
	draft.status = {
		...draft.status,
		conditions,
		created: vmi === undefined ? undefined : true,
		ready: ready.status === "True" ? true : undefined,
		printableStatus: printableStatus(draft, vmi, expected),
		stateChangeRequests: requestsLeft(draft, vmi),
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

/** The first that holds, as in setPrintableStatus of the same file. */
function printableStatus(vm: KubeObject, vmi: KubeObject | undefined, expected: Expected): string {
	if (isDeleting(vm)) return "Terminating";
	if (vmi === undefined) return expected === "start" ? "Starting" : "Stopped";
	if (!hasEnded(vmi) && (isDeleting(vmi) || expected === "stop")) return "Stopping";
	if (isMigrating(vmi)) return "Migrating";
	if (phaseOf(vmi) === "Running") return isTrue(vmi, "Paused") ? "Paused" : "Running";
	if (conditionOf(vmi, "PodScheduled")?.status === "False") return "ErrorUnschedulable";
	return hasEnded(vmi) ? "Stopped" : "Starting";
}

/** The first request of a user to start or to stop this VM that is not fulfilled yet. */
export function requestOf(vm: KubeObject): { readonly action: string | undefined; readonly uid: string | undefined } {
	const [request] = itemsAt(vm, "status", "stateChangeRequests");
	return { action: textAt(request, "action"), uid: textAt(request, "uid") };
}

function requestsLeft(vm: KubeObject, vmi: KubeObject | undefined): readonly unknown[] | undefined {
	const requests = itemsAt(vm, "status", "stateChangeRequests");
	const { action, uid } = requestOf(vm);
	const stopped = action === "Stop" && (vmi === undefined || vmi.metadata.uid !== uid || isDeleting(vmi));
	const started = action === "Start" && vmi !== undefined;
	const left = stopped || started ? requests.slice(1) : requests;
	return left.length === 0 ? undefined : left;
}
