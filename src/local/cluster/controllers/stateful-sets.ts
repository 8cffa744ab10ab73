import type { KubeObject } from "../store.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { podOfTemplate, templateHash } from "./pod-template.ts";
import { graceOf, hasEnded, isDeleting, isReady, split } from "./pods.ts";
import { keysOfOwner } from "./replica-sets.ts";

/** The pod of this ordinal. */
export function podOfOrdinal(set: KubeObject, ordinal: number) {
	const name = `${set.metadata.name}-${ordinal}`;
	const labels = {
		"apps.kubernetes.io/pod-index": String(ordinal),
		"controller-revision-hash": `${set.metadata.name}-${templateHash(set)}`,
		"statefulset.kubernetes.io/pod-name": name,
	};
	return podOfTemplate(set, { name, labels }, { hostname: name });
}

/** Keeps the pods of each StatefulSet, in order; a pod of an ordinal comes back only when the old one is gone. */
export function statefulSets(ground: Ground): Controller {
	const { store } = ground;
	return {
		name: "statefulset",
		program: "kube-controller-manager",
		lag: 10,
		keysOf: keysOfOwner("statefulsets", "StatefulSet"),
		reconcile: (key) => {
			const set = store.get("statefulsets", ...split(key));
			if (set === undefined || isDeleting(set)) return undefined;
			fill(ground, set);
			cut(ground, set);
			writeStatus(ground, set);
			return undefined;
		},
	};
}

const replicasOf = (set: KubeObject): number => Number(set.spec?.replicas ?? 1);

/** One after the other: the next ordinal waits until the one before it is ready. */
function fill(ground: Ground, set: KubeObject): void {
	const parallel = set.spec?.podManagementPolicy === "Parallel";
	for (let ordinal = 0; ordinal < replicasOf(set); ordinal++) {
		const ready = fillOrdinal(ground, set, ordinal);
		if (!ready && !parallel) return;
	}
}

function fillOrdinal({ store, events }: Ground, set: KubeObject, ordinal: number): boolean {
	const { namespace, name } = set.metadata;
	const pod = store.get("pods", namespace, `${name}-${ordinal}`);
	if (pod === undefined) {
		const created = store.create("pods", podOfOrdinal(set, ordinal));
		const message = `Create Pod ${created.metadata.name} in StatefulSet ${name} successful`;
		events.say(set, { reason: "SuccessfulCreate", message, by: "statefulset-controller" });
		return false;
	}
	if (hasEnded(pod) && !isDeleting(pod)) store.beginDeletion("pods", namespace, pod.metadata.name, 0);
	return isReady(pod);
}

function cut({ store }: Ground, set: KubeObject): void {
	for (const pod of store.ownedBy("pods", set.metadata.uid)) {
		const ordinal = Number(pod.metadata.name.slice(set.metadata.name.length + 1));
		if (ordinal < replicasOf(set) || isDeleting(pod)) continue;
		store.beginDeletion("pods", pod.metadata.namespace, pod.metadata.name, graceOf(pod));
	}
}

function writeStatus({ store }: Ground, set: KubeObject): void {
	const pods = store.ownedBy("pods", set.metadata.uid);
	const ready = pods.filter(isReady).length;
	const replicas = pods.length;
	store.update("statefulsets", set.metadata.namespace, set.metadata.name, (draft) => {
		draft.status = {
			...draft.status,
			replicas,
			currentReplicas: replicas,
			updatedReplicas: replicas,
			readyReplicas: ready,
			availableReplicas: ready,
			observedGeneration: draft.metadata.generation,
		};
	});
}
