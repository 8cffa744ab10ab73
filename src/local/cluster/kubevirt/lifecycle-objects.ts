import { conflict, notFound, type Subject } from "../api/api-status.ts";
import type { Ground } from "../controllers/ground.ts";
import type { KubeObject } from "../store.ts";
import { type Fields, itemsAt } from "../store-object.ts";

/** How virt-api names a VM in its refusals. */
export const aboutVm = (name: string): Subject => ({ kind: "virtualmachine", group: "kubevirt.io", name });

/** Whether the options of a subresource ask for nothing but the answer. */
export const isDryRun = (options: Fields): boolean => itemsAt(options, "dryRun").includes("All");

/** Throws 404 as virt-api does. */
export function vmNamed({ store }: Ground, namespace: string, name: string): KubeObject {
	const vm = store.get("virtualmachines", namespace, name);
	if (vm === undefined) throw notFound(aboutVm(name));
	return vm;
}

/** Throws 404 as virt-api does. */
export function vmiNamed({ store }: Ground, namespace: string, name: string): KubeObject {
	const vmi = store.get("virtualmachineinstances", namespace, name);
	if (vmi === undefined) throw notFound({ kind: "virtualmachineinstance", group: "kubevirt.io", name });
	return vmi;
}

/** The instance of a VM. Throws 404, and 409 for a VM that has none. */
export function vmiOfVm(ground: Ground, namespace: string, name: string): KubeObject {
	const vm = vmNamed(ground, namespace, name);
	if (vm.status?.created !== true) throw conflict(aboutVm(name), "VMI is not started");
	return vmiNamed(ground, namespace, name);
}
