/** The kinds of object this cluster knows, by their name in a path. */
export type Resource =
	| "nodes"
	| "pods"
	| "namespaces"
	| "events"
	| "deployments"
	| "replicasets"
	| "statefulsets"
	| "daemonsets"
	| "poddisruptionbudgets"
	| "virtualmachines"
	| "virtualmachineinstances"
	| "virtualmachineinstancemigrations"
	| "virtualmachineinstancereplicasets"
	| "kubevirts"
	| "validatingwebhookconfigurations";

export type ResourceType = {
	readonly resource: Resource;
	readonly kind: string;
	/** Empty for the core group. */
	readonly group: string;
	readonly version: string;
	readonly namespaced: boolean;
	readonly singular: string;
	readonly shortNames: readonly string[];
	/** Fields whose change raises `metadata.generation`; none when the kind has no generation. */
	readonly generationOf: readonly string[];
	/** Whether `…/status` exists, so that plain writes leave the status alone. */
	readonly statusSubresource: boolean;
	/** Custom resources: strict about fewer media types, and no strategic merge patch. */
	readonly custom: boolean;
};

type Row = readonly [
	resource: Resource,
	kind: string,
	group: string,
	scope: "namespaced" | "cluster",
	shortNames: string,
	generationOf: string,
	status: "status" | "no status",
];

const rows: readonly Row[] = [
	["nodes", "Node", "", "cluster", "no", "", "status"],
	["pods", "Pod", "", "namespaced", "po", "spec", "status"],
	["namespaces", "Namespace", "", "cluster", "ns", "", "status"],
	["events", "Event", "", "namespaced", "ev", "", "no status"],
	["deployments", "Deployment", "apps", "namespaced", "deploy", "spec", "status"],
	["replicasets", "ReplicaSet", "apps", "namespaced", "rs", "spec", "status"],
	["statefulsets", "StatefulSet", "apps", "namespaced", "sts", "spec", "status"],
	["daemonsets", "DaemonSet", "apps", "namespaced", "ds", "spec", "status"],
	["poddisruptionbudgets", "PodDisruptionBudget", "policy", "namespaced", "pdb", "spec", "status"],
	["virtualmachines", "VirtualMachine", "kubevirt.io", "namespaced", "vm vms", "spec", "status"],
	// A VMI has no status subresource, so its status writes raise the generation too (seen: 6 for a VMI at rest).
	["virtualmachineinstances", "VirtualMachineInstance", "kubevirt.io", "namespaced", "vmi vmis", "spec status", "no status"],
	[
		"virtualmachineinstancemigrations",
		"VirtualMachineInstanceMigration",
		"kubevirt.io",
		"namespaced",
		"vmim vmims",
		"spec",
		"status",
	],
	[
		"virtualmachineinstancereplicasets",
		"VirtualMachineInstanceReplicaSet",
		"kubevirt.io",
		"namespaced",
		"vmirs vmirss",
		"spec",
		"status",
	],
	["kubevirts", "KubeVirt", "kubevirt.io", "namespaced", "kv kvs", "spec", "status"],
	[
		"validatingwebhookconfigurations",
		"ValidatingWebhookConfiguration",
		"admissionregistration.k8s.io",
		"cluster",
		"",
		"webhooks",
		"no status",
	],
];

const words = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));

function typeOf([resource, kind, group, scope, shortNames, generationOf, status]: Row): ResourceType {
	return {
		resource,
		kind,
		group,
		version: "v1",
		namespaced: scope === "namespaced",
		singular: kind.toLowerCase(),
		shortNames: words(shortNames),
		generationOf: words(generationOf),
		statusSubresource: status === "status",
		custom: group === "kubevirt.io",
	};
}

/** Every kind, in the order of discovery. */
export const resourceTypes: readonly ResourceType[] = rows.map(typeOf);

const byName: ReadonlyMap<string, ResourceType> = new Map(resourceTypes.map((type) => [type.resource, type]));

/** The kind behind a name in a path. */
export function findResourceType(name: string): ResourceType | undefined {
	return byName.get(name);
}

/** The kind of a resource; every resource has one. */
export function resourceType(resource: Resource): ResourceType {
	const type = byName.get(resource);
	if (type === undefined) throw new TypeError(`cannot find the resource ${resource}: no such kind in this cluster`);
	return type;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(type: { readonly group: string; readonly version: string }): string {
	return type.group === "" ? type.version : `${type.group}/${type.version}`;
}
