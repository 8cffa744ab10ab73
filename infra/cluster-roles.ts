import { type FunctionName, functionNames } from "./function-names.ts";

/** A rule of a ClusterRole, as Kubernetes writes it. */
export type PolicyRule = {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
};

const core = (resources: readonly string[], verbs: readonly string[]): PolicyRule => ({ apiGroups: [""], resources, verbs });
const kubevirt = (resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
	apiGroups: ["kubevirt.io"],
	resources,
	verbs,
});

/** One observation of the cluster: what it takes to say what is on a node. */
const look = [
	core(["nodes", "pods"], ["get", "list"]),
	kubevirt(["kubevirts", "virtualmachines", "virtualmachineinstances", "virtualmachineinstancemigrations"], ["get", "list"]),
];

/**
 * What each function may do in a cluster. Nobody deletes a pod or a VMI: they leave through the eviction API alone, which
 * KubeVirt guards. Whoever releases an instance changes nothing but adds Events. Restore calls migrations off; the API
 * server and virt-api know `evacuate/cancel` by its first word.
 */
export const clusterRoles: Readonly<Record<FunctionName, readonly PolicyRule[]>> = {
	intake: [core(["nodes"], ["get", "list"])],
	assess: look,
	cordon: [core(["nodes"], ["get", "patch"])],
	/** Has no business in a cluster. */
	admit: [],
	evict: [...look, core(["pods/eviction"], ["create"])],
	watch: [
		...look,
		core(["pods"], ["watch"]),
		kubevirt(["virtualmachineinstances", "virtualmachineinstancemigrations"], ["watch"]),
	],
	release: [...look, core(["events"], ["create"])],
	restore: [
		...look,
		core(["nodes"], ["patch"]),
		kubevirt(["virtualmachineinstancemigrations"], ["delete"]),
		{ apiGroups: ["subresources.kubevirt.io"], resources: ["virtualmachineinstances/evacuate"], verbs: ["update"] },
	],
	// Where an instance without a tag belongs, and what is on the Node of a marked one by now.
	sweep: look,
};

/** Those of the functions that a cluster knows at all. */
export const clusterUsers: readonly FunctionName[] = functionNames.filter((name) => clusterRoles[name].length > 0);

/** The Kubernetes group that a function's access entry gives it. */
export const clusterGroup = (name: FunctionName): string => `evacuator-${name}`;
