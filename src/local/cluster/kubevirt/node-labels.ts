import type { KubeObject, ObjectStore } from "../store.ts";
import { textAt } from "../store-object.ts";
import { activeLauncherOf } from "./kubevirt-objects.ts";

const cpuFeature = "cpu-feature.node.kubevirt.io/";
const cpuModelForMigration = "cpu-model-migration.node.kubevirt.io/";
const cpuVendor = "cpu-vendor.node.kubevirt.io/";
const hostModel = "host-model-cpu.node.kubevirt.io/";
const hostModelNeeds = "host-model-required-features.node.kubevirt.io/";
const machineType = "machine-type.node.kubevirt.io/";

/** What virt-handler's node-labeller finds on every simulated machine, as far as launchers ask for it. */
export const machineLabels: Readonly<Record<string, string>> = Object.fromEntries(
	[
		`${cpuFeature}vmx`,
		`${cpuModelForMigration}Icelake-Server`,
		`${cpuVendor}Intel`,
		`${hostModel}Icelake-Server`,
		`${hostModelNeeds}vmx`,
		`${machineType}pc-q35-rhel9.6.0`,
		`${machineType}q35`,
	].map((label) => [label, "true"]),
);

/** The machine type that a VMI needs: the one it runs as, else the one that it asks for. */
export function machineSelector(vmi: KubeObject): Readonly<Record<string, string>> {
	const type = textAt(vmi, "status", "machine", "type") ?? textAt(vmi, "spec", "domain", "machine", "type") ?? "q35";
	return { [`${machineType}${type}`]: "true" };
}

/**
 * What a VMI with the CPU of its host needs of the node that it moves to: what its first node had.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-controller/watch/migration/migration.go (prepareNodeSelectorForHostCpuModel)
 */
export function cpuSelector(store: ObjectStore, vmi: KubeObject): Readonly<Record<string, string>> {
	const model = textAt(vmi, "spec", "domain", "cpu", "model") ?? "host-model";
	if (model !== "host-model") return {};
	const source = Object.entries(activeLauncherOf(store, vmi)?.spec?.nodeSelector ?? {}) as [string, string][];
	const inherited = source.filter(([key]) =>
		[cpuFeature, cpuModelForMigration, cpuVendor].some((prefix) => key.startsWith(prefix)),
	);
	if (inherited.length > 0) return Object.fromEntries(inherited);
	const node = store.get("nodes", undefined, textAt(vmi, "status", "nodeName") ?? "");
	const wanted = Object.keys(node?.metadata.labels ?? {}).flatMap((key) => {
		if (key.startsWith(hostModel)) return [key.replace(hostModel, cpuModelForMigration)];
		if (key.startsWith(hostModelNeeds)) return [key.replace(hostModelNeeds, cpuFeature)];
		return key.startsWith(cpuVendor) ? [key] : [];
	});
	return Object.fromEntries(wanted.map((key) => [key, "true"]));
}
