import type { KubeObject } from "../store.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { graceOf, hasEnded, isDeleting, isReady, split } from "./pods.ts";
import { podOfTemplate, templateHash } from "./pod-template.ts";
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
export function statefulSets({ store, events }: Ground): Controller {
	return {
		name: "statefulset",
		program: "kube-controller-manager",
		lag: 10,
		keysOf: keysOfOwner("statefulsets", "StatefulSet"),
		reconcile: (key) => {
			const set = store.get("statefulsets", ...split(key));
			if (set === undefined || isDeleting(set)) return undefined;
			const { namespace, name } = set.metadata;
			const wanted = Number(set.spec?.replicas ?? 1);
			const parallel = set.spec?.podManagementPolicy === "Parallel";
			for (let ordinal = 0; ordinal < wanted; ordinal++) {
				const pod = store.get("pods", namespace, `${name}-${ordinal}`);
				if (pod === undefined) {
					const created = store.create("pods", podOfOrdinal(set, ordinal));
					const message = `Create Pod ${created.metadata.name} in StatefulSet ${name} successful`;
					events.say(set, { reason: "SuccessfulCreate", message, by: "statefulset-controller" });
				} else if (hasEnded(pod) && !isDeleting(pod)) store.beginDeletion("pods", namespace, pod.metadata.name, 0);
				if (!parallel && !(pod !== undefined && isReady(pod))) break;
			}
			const pods = store.ownedBy("pods", set.metadata.uid);
			for (const pod of pods) {
				const ordinal = Number(pod.metadata.name.slice(name.length + 1));
				if (ordinal >= wanted && !isDeleting(pod)) store.beginDeletion("pods", namespace, pod.metadata.name, graceOf(pod));
			}
			const ready = pods.filter((pod) => isReady(pod)).length;
			store.update("statefulsets", namespace, name, (draft) => {
				const replicas = pods.length;
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
			return undefined;
		},
	};
}
