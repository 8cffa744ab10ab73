import type { Controller } from "../controllers/controller-loop.ts";
import { Dwell } from "../controllers/dwell.ts";
import type { Ground } from "../controllers/ground.ts";
import { hasEnded, isDeleting, keyOfObject, ownedBy, phaseOf, split } from "../controllers/pods.ts";
import type { Change, KubeObject, NewObject } from "../store.ts";
import { fieldsAt, textAt } from "../store-object.ts";
import { type Expected, requestOf, vmStatus } from "./vm-status.ts";

/** From the old instance's end to the new instance. */
const restartMs = 25;

/** The VMI that a VM's template describes. */
export function vmiOfTemplate(owner: KubeObject, name: { readonly name: string } | { readonly generateName: string }): NewObject {
	const { namespace } = owner.metadata;
	const template = fieldsAt(owner, "spec", "template");
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstance",
		metadata: {
			...name,
			...(namespace === undefined ? {} : { namespace }),
			labels: fieldsAt(template, "metadata", "labels") as Record<string, string>,
			annotations: fieldsAt(template, "metadata", "annotations") as Record<string, string>,
			ownerReferences: [ownedBy(owner)],
		},
		spec: fieldsAt(template, "spec"),
	};
}

/** What was done in one look, and in how many milliseconds to look again. */
type Deed = { readonly again?: number; readonly expected?: Expected };

/** Starts, stops and restarts the VMI of each VM as its run strategy says. */
export function vmController(ground: Ground): Controller {
	const { store, events, clock } = ground;
	const dwell = new Dwell(() => clock.now());
	/** VMs that stay stopped, by uid: their last instance has ended as their run strategy wants it. */
	const stopped = new Set<string>();

	const stop = (vm: KubeObject, vmi: KubeObject): Deed => {
		const { namespace, name, uid } = vmi.metadata;
		store.remove("virtualmachineinstances", namespace, name);
		const message = `Stopped the virtual machine by deleting the virtual machine instance ${uid}`;
		events.say(vm, { reason: "SuccessfulDelete", message, by: "virtualmachine-controller" });
		return { expected: "stop" };
	};

	const start = (vm: KubeObject): Deed => {
		const wait = vm.status === undefined ? 0 : dwell.left(vm.metadata.uid, restartMs);
		if (wait > 0) return { again: wait, expected: "start" };
		const { name } = store.create("virtualmachineinstances", vmiOfTemplate(vm, vm.metadata)).metadata;
		const message = `Started the virtual machine by creating the new virtual machine instance ${name}`;
		events.say(vm, { reason: "SuccessfulCreate", message, by: "virtualmachine-controller" });
		return { expected: "start" };
	};

	const end = (vm: KubeObject, vmi: KubeObject, strategy: string): Deed => {
		if (isDeleting(vmi) || !shouldStop(strategy, vm, vmi)) return {};
		if (strategy === "RerunOnFailure" && phaseOf(vmi) === "Succeeded") stopped.add(vm.metadata.uid);
		return stop(vm, vmi);
	};

	const begin = (vm: KubeObject, strategy: string): Deed => {
		if (strategy === "Halted" || strategy === "Manual" || requestOf(vm).action === "Start") stopped.delete(vm.metadata.uid);
		return shouldStart(strategy, vm, stopped) ? start(vm) : {};
	};

	const act = (vm: KubeObject, vmi: KubeObject | undefined): Deed => {
		if (isDeleting(vm)) return vmi === undefined || isDeleting(vmi) ? {} : stop(vm, vmi);
		const strategy = textAt(vm, "spec", "runStrategy") ?? "Halted";
		return vmi === undefined ? begin(vm, strategy) : end(vm, vmi, strategy);
	};

	return {
		name: "vm",
		program: "virt-controller",
		lag: 45,
		keysOf,
		reconcile: (key) => {
			const vm = store.get("virtualmachines", ...split(key));
			if (vm === undefined) return undefined;
			const vmi = store.get("virtualmachineinstances", ...split(key));
			const { again, expected } = act(vm, vmi);
			const { namespace, name } = vm.metadata;
			store.update("virtualmachines", namespace, name, (draft) => {
				vmStatus(draft, vmi, clock.now(), expected);
				if (isDeleting(vm) && vmi === undefined) delete draft.metadata.finalizers;
			});
			return again;
		},
	};
}

function shouldStop(strategy: string, vm: KubeObject, vmi: KubeObject): boolean {
	const { action, uid } = requestOf(vm);
	if (strategy === "Halted" || (action === "Stop" && uid === vmi.metadata.uid)) return true;
	return hasEnded(vmi) && (strategy === "Always" || strategy === "RerunOnFailure");
}

function shouldStart(strategy: string, vm: KubeObject, stopped: ReadonlySet<string>): boolean {
	if (strategy === "Always") return true;
	if (strategy === "RerunOnFailure") return !stopped.has(vm.metadata.uid);
	if (strategy === "Once") return textAt(vm, "status", "runStrategy") !== "Once";
	return strategy === "Manual" && requestOf(vm).action === "Start";
}

function keysOf({ resource, object }: Change): readonly string[] {
	if (resource === "virtualmachines") return [keyOfObject(object)];
	if (resource !== "virtualmachineinstances") return [];
	const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === "VirtualMachine");
	return owner === undefined ? [] : [`${object.metadata.namespace}/${owner.name}`];
}
