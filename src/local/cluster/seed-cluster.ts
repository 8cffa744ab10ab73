import type { Ground } from "./controllers/ground.ts";
import { controllerOf } from "./controllers/pods.ts";
import type { KubeVirtBehaviour } from "./kubevirt/behaviour.ts";
import type { Guests } from "./kubevirt/guests.ts";
import { seedInfrastructureOn } from "./seed-kubevirt.ts";
import { type NodeSeed, seedNode } from "./seed-nodes.ts";
import { seedVm, seedVmi, seedVmirs, type VmirsSeed, type VmiSeed, type VmSeed } from "./seed-vms.ts";
import {
	type BudgetSeed,
	type PodSpecSeed,
	seedBarePod,
	seedBudget,
	seedDaemonPod,
	seedDaemonSet,
	seedDeployment,
	seedMirrorPod,
	seedStatefulSet,
	type WorkloadSeed,
} from "./seed-workloads.ts";
import type { KubeObject } from "./store.ts";

type Named = { readonly namespace: string; readonly name: string };

/** Puts things into a cluster as if they had long been there: what is placed on a node runs already. */
export type Seeds = {
	node(seed?: NodeSeed): KubeObject;
	vm(seed: VmSeed): KubeObject;
	vmi(seed: VmiSeed): KubeObject;
	vmirs(seed: VmirsSeed): KubeObject;
	deployment(seed: WorkloadSeed): KubeObject;
	statefulSet(seed: WorkloadSeed): KubeObject;
	daemonSet(seed: Omit<WorkloadSeed, "on" | "replicas">): KubeObject;
	barePod(seed: Named & PodSpecSeed & { readonly on: string }): KubeObject;
	mirrorPod(seed: Named & { readonly on: string }): KubeObject;
	pdb(seed: BudgetSeed): KubeObject;
};

export function seedsOf(ground: Ground, guests: Guests, { ownBudgets }: KubeVirtBehaviour): Seeds {
	const { store } = ground;
	const launched = { ground, guests, ownBudgets };
	const inNamespace = <T extends Named>(seed: T): T => {
		const { namespace: name } = seed;
		if (store.get("namespaces", undefined, name) === undefined) {
			const metadata = { name, labels: { "kubernetes.io/metadata.name": name } };
			store.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata, status: { phase: "Active" } });
		}
		return seed;
	};
	return {
		node: (seed = {}) => {
			const node = seedNode(ground, seed);
			const { name } = node.metadata;
			const there = store.podsOn(name).map((pod) => controllerOf(pod)?.uid);
			for (const set of store.list("daemonsets")) if (!there.includes(set.metadata.uid)) seedDaemonPod(ground, set, name);
			if (seed.infrastructure !== false && seed.unschedulable !== true) seedInfrastructureOn(ground, name);
			return node;
		},
		vm: (seed) => seedVm(launched, inNamespace(seed)),
		vmi: (seed) => seedVmi(launched, inNamespace(seed)),
		vmirs: (seed) => seedVmirs(launched, inNamespace(seed)),
		deployment: (seed) => seedDeployment(ground, inNamespace(seed)),
		statefulSet: (seed) => seedStatefulSet(ground, inNamespace(seed)),
		daemonSet: (seed) => seedDaemonSet(ground, inNamespace(seed)),
		barePod: (seed) => seedBarePod(ground, inNamespace(seed)),
		mirrorPod: (seed) => seedMirrorPod(ground, inNamespace(seed)),
		pdb: (seed) => seedBudget(ground, inNamespace(seed)),
	};
}
