import { podForNode } from "./controllers/daemon-sets.ts";
import type { Ground } from "./controllers/ground.ts";
import { type WorkloadKnobs, workloadKnobs } from "./controllers/knobs.ts";
import { completed, podOfTemplate } from "./controllers/pod-template.ts";
import { replicaSetOf } from "./controllers/replica-sets.ts";
import { podOfOrdinal } from "./controllers/stateful-sets.ts";
import { seedRunningPod } from "./seed-pods.ts";
import type { KubeObject, NewObject } from "./store.ts";
import type { Fields } from "./store-object.ts";

type Named = { readonly namespace: string; readonly name: string };

export type PodSpecSeed = WorkloadKnobs & {
	/** Requests of its one container. Default none. */
	readonly cpu?: string;
	readonly memory?: string;
	readonly terminationGracePeriodSeconds?: number;
	readonly labels?: Readonly<Record<string, string>>;
	/** More of the pod's spec: tolerations, nodeSelector, affinity, volumes. */
	readonly spec?: Fields;
};

export type WorkloadSeed = Named &
	PodSpecSeed & {
		/** The nodes on which its pods run already, one for each; those that are missing are started. */
		readonly on?: readonly string[];
		/** Default: as many as `on` names, or 1. */
		readonly replicas?: number;
	};

export type BudgetSeed = Named & {
	readonly matchLabels: Readonly<Record<string, string>>;
	readonly minAvailable?: number | string;
	readonly maxUnavailable?: number | string;
	readonly unhealthyPodEvictionPolicy?: "IfHealthyBudget" | "AlwaysAllow";
};

function podSpecOf(name: string, seed: PodSpecSeed): Fields {
	const { cpu, memory, terminationGracePeriodSeconds = 30, spec } = seed;
	const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
	return { containers: [{ name, image: `${name}:1`, resources: { requests } }], terminationGracePeriodSeconds, ...spec };
}

/** The knobs that a seed turns. */
export function workloadKnobsOf(seed: WorkloadKnobs): WorkloadKnobs {
	return Object.fromEntries(workloadKnobs.flatMap((name) => (seed[name] === undefined ? [] : [[name, seed[name]] as const])));
}

const turn = ({ knobs }: Ground, seed: Named & WorkloadKnobs): void =>
	knobs.turn(seed.namespace, seed.name, workloadKnobsOf(seed));

/** A workload as its user writes it. */
export function workloadOf(kind: "Deployment" | "StatefulSet" | "DaemonSet", seed: WorkloadSeed) {
	const { namespace, name, on = [], replicas = Math.max(1, on.length) } = seed;
	const labels = { app: name, ...seed.labels };
	return {
		apiVersion: "apps/v1",
		kind,
		metadata: { name, namespace, labels },
		spec: {
			...(kind === "DaemonSet" ? {} : { replicas }),
			selector: { matchLabels: { app: name } },
			...(kind === "StatefulSet" ? { serviceName: name, podManagementPolicy: "OrderedReady" } : {}),
			template: { metadata: { labels }, spec: podSpecOf(name, seed) },
		},
	};
}

/** A Deployment with its ReplicaSet; pods on the named nodes run already. */
export function seedDeployment(ground: Ground, seed: WorkloadSeed): KubeObject {
	const { store } = ground;
	const deployment = store.create("deployments", workloadOf("Deployment", seed));
	const set = store.create("replicasets", replicaSetOf(deployment));
	turn(ground, seed);
	for (const node of seed.on ?? []) seedReplica(ground, set, node);
	return deployment;
}

/** One more running pod of a ReplicaSet. */
export function seedReplica(ground: Ground, set: KubeObject, node: string): void {
	seedRunningPod(ground, podOfTemplate(set, { generateName: `${set.metadata.name}-` }), node);
}

export function seedStatefulSet(ground: Ground, seed: WorkloadSeed): KubeObject {
	const set = ground.store.create("statefulsets", workloadOf("StatefulSet", seed));
	turn(ground, seed);
	for (const [ordinal, node] of (seed.on ?? []).entries()) seedRunningPod(ground, podOfOrdinal(set, ordinal), node);
	return set;
}

/** A DaemonSet; its pods run already on every node that there is. */
export function seedDaemonSet(ground: Ground, seed: Omit<WorkloadSeed, "on" | "replicas">): KubeObject {
	const set = ground.store.create("daemonsets", workloadOf("DaemonSet", seed));
	turn(ground, seed);
	for (const { metadata } of ground.store.list("nodes")) seedDaemonPod(ground, set, metadata.name);
	return set;
}

/** The running pod of a DaemonSet on a node. */
export function seedDaemonPod(ground: Ground, set: KubeObject, node: string): void {
	seedRunningPod(ground, podForNode(set, node), node);
}

export type BarePodSeed = Named & PodSpecSeed & { readonly on: string };

/** A pod that nothing owns, as its user writes it. */
export function barePodOf(seed: BarePodSeed): NewObject {
	const { namespace, name, labels = { app: name } } = seed;
	return { apiVersion: "v1", kind: "Pod", metadata: { namespace, name, labels: { ...labels } }, spec: podSpecOf(name, seed) };
}

/** A pod that nothing owns. */
export function seedBarePod(ground: Ground, seed: BarePodSeed): KubeObject {
	turn(ground, seed);
	const pod = barePodOf(seed);
	return seedRunningPod(ground, { ...pod, spec: completed(pod.spec ?? {}), status: { phase: "Pending" } }, seed.on).pod;
}

/** The picture of a static pod, as its kubelet keeps it in the API. */
export function mirrorPodOf(seed: Named & { readonly on: string }, node: KubeObject | undefined): NewObject {
	const { namespace, name, on } = seed;
	const owner = { apiVersion: "v1", kind: "Node", name: on, uid: node?.metadata.uid ?? "", controller: true };
	const metadata = {
		namespace,
		name: `${name}-${on}`,
		annotations: { "kubernetes.io/config.mirror": "5d8f7a9c", "kubernetes.io/config.source": "file" },
		ownerReferences: [owner],
	};
	const spec = { ...podSpecOf(name, {}), tolerations: [{ effect: "NoExecute", operator: "Exists" }] };
	return { apiVersion: "v1", kind: "Pod", metadata, spec };
}

export function seedMirrorPod(ground: Ground, seed: Named & { readonly on: string }): KubeObject {
	const pod = mirrorPodOf(seed, ground.store.get("nodes", undefined, seed.on));
	return seedRunningPod(ground, { ...pod, status: { phase: "Pending" } }, seed.on).pod;
}

/** A PodDisruptionBudget as its user writes it. */
export function budgetOf(seed: BudgetSeed): NewObject {
	const { namespace, name, matchLabels, minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = seed;
	return {
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { namespace, name },
		spec: { selector: { matchLabels }, minAvailable, maxUnavailable, unhealthyPodEvictionPolicy },
	};
}

export const seedBudget = ({ store }: Ground, seed: BudgetSeed): KubeObject =>
	store.create("poddisruptionbudgets", budgetOf(seed));
