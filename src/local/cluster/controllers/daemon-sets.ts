import type { Change, KubeObject } from "../store.ts";
import { fieldsAt, itemsAt } from "../store-object.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { taintsOf } from "./placement.ts";
import { podOfTemplate } from "./pod-template.ts";
import { graceOf, hasEnded, isDeleting, isReady, keyOfObject, split } from "./pods.ts";
import { keysOfOwner } from "./replica-sets.ts";
import { tolerates } from "./selectors.ts";

const tolerated = [
	["not-ready", "NoExecute"],
	["unreachable", "NoExecute"],
	["disk-pressure", "NoSchedule"],
	["memory-pressure", "NoSchedule"],
	["pid-pressure", "NoSchedule"],
	["unschedulable", "NoSchedule"],
].map(([state, effect]) => ({ key: `node.kubernetes.io/${state}`, operator: "Exists", effect }));

/** The pod of this set for one node. */
export function podForNode(set: KubeObject, nodeName: string) {
	const template = fieldsAt(set, "spec", "template", "spec");
	const only = { matchFields: [{ key: "metadata.name", operator: "In", values: [nodeName] }] };
	const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [only] } } };
	const tolerations = [...itemsAt(template, "tolerations"), ...tolerated];
	return podOfTemplate(set, { generateName: `${set.metadata.name}-` }, { affinity, tolerations });
}

/** Keeps one pod on each node that takes it, cordoned or not. */
export function daemonSets(ground: Ground): Controller {
	const { store } = ground;
	const ownKeys = keysOfOwner("daemonsets", "DaemonSet");
	return {
		name: "daemonset",
		program: "kube-controller-manager",
		lag: 20,
		keysOf: (change: Change) => (change.resource === "nodes" ? onNodeChange(change, store.list("daemonsets")) : ownKeys(change)),
		reconcile: (key) => {
			const set = store.get("daemonsets", ...split(key));
			if (set === undefined || isDeleting(set)) return undefined;
			const names = new Set(
				store
					.list("nodes")
					.filter((node) => takes(node, set))
					.map(({ metadata }) => metadata.name),
			);
			cover(ground, set, names);
			withdraw(ground, set, names);
			writeStatus(ground, set, names.size);
			return undefined;
		},
	};
}

function cover({ store }: Ground, set: KubeObject, names: ReadonlySet<string>): void {
	const pods = store.ownedBy("pods", set.metadata.uid);
	for (const name of names) {
		const own = pods.filter((pod) => nodeOf(pod) === name);
		if (own.length === 0) store.create("pods", podForNode(set, name));
		for (const pod of own.filter((candidate) => hasEnded(candidate) && !isDeleting(candidate))) {
			store.beginDeletion("pods", pod.metadata.namespace, pod.metadata.name, 0);
		}
	}
}

function withdraw({ store }: Ground, set: KubeObject, names: ReadonlySet<string>): void {
	for (const pod of store.ownedBy("pods", set.metadata.uid)) {
		if (isDeleting(pod) || names.has(nodeOf(pod))) continue;
		store.beginDeletion("pods", pod.metadata.namespace, pod.metadata.name, graceOf(pod));
	}
}

function writeStatus({ store }: Ground, set: KubeObject, nodes: number): void {
	const ready = store.ownedBy("pods", set.metadata.uid).filter(isReady).length;
	store.update("daemonsets", set.metadata.namespace, set.metadata.name, (draft) => {
		draft.status = {
			currentNumberScheduled: nodes,
			desiredNumberScheduled: nodes,
			updatedNumberScheduled: nodes,
			numberMisscheduled: 0,
			numberReady: ready,
			numberAvailable: ready,
			observedGeneration: draft.metadata.generation,
		};
	});
}

function nodeOf(pod: KubeObject): string {
	const [term] = itemsAt(
		pod,
		"spec",
		"affinity",
		"nodeAffinity",
		"requiredDuringSchedulingIgnoredDuringExecution",
		"nodeSelectorTerms",
	);
	return String(itemsAt(itemsAt(term, "matchFields")[0], "values")[0]);
}

/** Cordons and taints that the set tolerates anyway do not move its pods. */
function takes(node: KubeObject, set: KubeObject): boolean {
	const template = fieldsAt(set, "spec", "template", "spec");
	const labels = node.metadata.labels ?? {};
	const selected = Object.entries(fieldsAt(template, "nodeSelector")).every(([key, value]) => labels[key] === value);
	const tolerations = [...itemsAt(template, "tolerations"), ...tolerated];
	return selected && taintsOf(node).every((taint) => taint.effect === "PreferNoSchedule" || isCovered(tolerations, taint));
}

function isCovered(tolerations: readonly unknown[], taint: { readonly key: string; readonly effect: string }): boolean {
	if (tolerates(tolerations, taint) !== undefined) return true;
	return taint.effect === "NoSchedule" && taint.key === "node.kubernetes.io/unreachable";
}

function onNodeChange({ object, previous }: Change, sets: readonly KubeObject[]): readonly string[] {
	if (previous !== undefined && previous.spec === object.spec && previous.metadata.labels === object.metadata.labels) return [];
	return sets.map(keyOfObject);
}
