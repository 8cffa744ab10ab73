import type { ApiRequest } from "../api/api-request.ts";
import { conflict } from "../api/api-status.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded, phaseOf } from "../controllers/pods.ts";
import type { KubeObject } from "../store.ts";
import { type Fields, itemsAt, textAt } from "../store-object.ts";
import { aboutVm, isDryRun, vmNamed } from "./lifecycle-objects.ts";

/** What a user may ask virt-controller to do with a VM. */
type ChangeRequest = { readonly action: "Start" } | { readonly action: "Stop"; readonly uid: string };

const notRunning = "VM is not running";

/** https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/rest/lifecycle.go#L46 */
export function startVm(ground: Ground, { namespace, name }: ApiRequest, options: Fields): number {
	const vm = vmNamed(ground, namespace, name);
	const vmi = ground.store.get("virtualmachineinstances", namespace, name);
	if (vmi !== undefined && !hasEnded(vmi) && phaseOf(vmi) !== "") throw conflict(aboutVm(name), "VM is already running");
	const strategy = textAt(vm, "spec", "runStrategy") ?? "Halted";
	if (strategy === "Always" || strategy === "Once") {
		throw conflict(aboutVm(name), `${strategy} does not support manual start requests`);
	}
	if (isDryRun(options)) return 202;
	if (strategy === "Halted") run(ground, vm, "Always");
	else if (vmi === undefined || !hasEnded(vmi)) ask(ground, vm, [{ action: "Start" }]);
	else if (strategy === "RerunOnFailure" && phaseOf(vmi) === "Failed") {
		throw conflict(aboutVm(name), "RerunOnFailure does not support starting VM from failed state");
	} else ask(ground, vm, [{ action: "Stop", uid: vmi.metadata.uid }, { action: "Start" }]);
	return 202;
}

/** https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/rest/lifecycle.go#L165 */
export function stopVm(ground: Ground, { namespace, name }: ApiRequest, options: Fields): number {
	const vm = vmNamed(ground, namespace, name);
	const found = ground.store.get("virtualmachineinstances", namespace, name);
	const vmi = found === undefined || hasEnded(found) ? undefined : found;
	const strategy = textAt(vm, "spec", "runStrategy") ?? "Halted";
	const bySpec = strategy === "Always" || strategy === "Once";
	if (!bySpec && vmi === undefined) throw conflict(aboutVm(name), notRunning);
	if (strategy === "Halted" && !shortens(options, vmi)) {
		throw conflict(aboutVm(name), "Halted only supports manual stop requests with a shorter graceperiod");
	}
	if (isDryRun(options)) return 202;
	if (vmi !== undefined) setGrace(ground, vmi, options);
	if (bySpec) run(ground, vm, "Halted");
	else ask(ground, vm, [{ action: "Stop", uid: vmi?.metadata.uid ?? "" }]);
	return 202;
}

function shortens({ gracePeriod }: Fields, vmi: KubeObject | undefined): boolean {
	const before = vmi?.spec?.terminationGracePeriodSeconds;
	return typeof gracePeriod === "number" && (typeof before !== "number" || gracePeriod < before);
}

function setGrace({ store }: Ground, { metadata }: KubeObject, { gracePeriod }: Fields): void {
	if (typeof gracePeriod !== "number") return;
	store.update("virtualmachineinstances", metadata.namespace, metadata.name, (draft) => {
		draft.spec = { ...draft.spec, terminationGracePeriodSeconds: gracePeriod };
	});
}

function run({ store }: Ground, { metadata }: KubeObject, runStrategy: "Always" | "Halted"): void {
	store.update("virtualmachines", metadata.namespace, metadata.name, (draft) => {
		draft.spec = { ...draft.spec, runStrategy };
	});
}

function ask({ store }: Ground, vm: KubeObject, stateChangeRequests: readonly ChangeRequest[]): void {
	const { namespace, name } = vm.metadata;
	if (itemsAt(vm, "status", "stateChangeRequests").length > 0) {
		throw conflict(aboutVm(name), "unable to complete request: stop/start already underway");
	}
	store.update("virtualmachines", namespace, name, (draft) => {
		draft.status = { ...draft.status, stateChangeRequests };
	});
}
