import type { Change, KubeObject } from "../store.ts";
import { fieldsAt } from "../store-object.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { podOfTemplate, templateHash } from "./pod-template.ts";
import { graceOf, hasEnded, isDeleting, isReady, keyOfObject, nodeNameOf, ownedBy, split } from "./pods.ts";

/** The keys of controllers of one kind: the objects themselves, and the owners of pods. */
export function keysOfOwner(resource: Change["resource"], kind: string): (change: Change) => readonly string[] {
	return (change) => {
		if (change.resource === resource) return [keyOfObject(change.object)];
		if (change.resource !== "pods") return [];
		const owner = change.object.metadata.ownerReferences?.find((reference) => reference.kind === kind);
		return owner === undefined ? [] : [`${change.object.metadata.namespace}/${owner.name}`];
	};
}

/** Keeps the number of pods: a replacement starts as soon as a pod is told to stop. */
export function replicaSets(ground: Ground): Controller {
	const { store, events } = ground;
	return {
		name: "replicaset",
		program: "kube-controller-manager",
		lag: 20,
		keysOf: keysOfOwner("replicasets", "ReplicaSet"),
		reconcile: (key) => {
			const set = store.get("replicasets", ...split(key));
			if (set === undefined || isDeleting(set)) return undefined;
			const pods = store.ownedBy("pods", set.metadata.uid).filter((pod) => !hasEnded(pod));
			const active = pods.filter((pod) => !isDeleting(pod));
			const wanted = Number(set.spec?.replicas ?? 1);
			for (let missing = wanted - active.length; missing > 0; missing--) {
				const pod = store.create("pods", podOfTemplate(set, { generateName: `${set.metadata.name}-` }));
				const message = `Created pod: ${pod.metadata.name}`;
				events.say(set, { reason: "SuccessfulCreate", message, by: "replicaset-controller" });
			}
			for (const pod of surplus(active, active.length - wanted)) {
				store.beginDeletion("pods", pod.metadata.namespace, pod.metadata.name, graceOf(pod));
			}
			writeStatus(ground, set, pods);
			return undefined;
		},
	};
}

/** The youngest that are not bound or not ready go first. */
function surplus(pods: readonly KubeObject[], count: number): readonly KubeObject[] {
	const worth = (pod: KubeObject): number => (nodeNameOf(pod) === "" ? 0 : isReady(pod) ? 2 : 1);
	return pods
		.toReversed()
		.sort((one, other) => worth(one) - worth(other))
		.slice(0, Math.max(0, count));
}

function writeStatus({ store }: Ground, set: KubeObject, pods: readonly KubeObject[]): void {
	const active = pods.filter((pod) => !isDeleting(pod));
	const ready = active.filter(isReady).length;
	store.update("replicasets", set.metadata.namespace, set.metadata.name, (draft) => {
		draft.status = {
			replicas: active.length,
			fullyLabeledReplicas: active.length,
			readyReplicas: ready,
			availableReplicas: ready,
			terminatingReplicas: pods.length - active.length,
			observedGeneration: draft.metadata.generation,
		};
	});
}

/** Keeps one ReplicaSet for each Deployment. A changed template replaces it at once: rollouts are not simulated. */
export function deployments({ store }: Ground): Controller {
	return {
		name: "deployment",
		program: "kube-controller-manager",
		lag: 10,
		keysOf: keysOf,
		reconcile: (key) => {
			const deployment = store.get("deployments", ...split(key));
			if (deployment === undefined || isDeleting(deployment)) return undefined;
			const { namespace, name, uid } = deployment.metadata;
			const wanted = replicaSetOf(deployment);
			const own = store.ownedBy("replicasets", uid);
			const current = own.find((set) => set.metadata.name === wanted.metadata.name) ?? store.create("replicasets", wanted);
			const { metadata } = store.update("replicasets", namespace, current.metadata.name, (draft) => {
				draft.spec = { ...draft.spec, replicas: deployment.spec?.replicas ?? 1 };
			});
			for (const set of own.filter((other) => other.metadata.name !== metadata.name)) {
				store.remove("replicasets", namespace, set.metadata.name);
			}
			const status = store.get("replicasets", namespace, metadata.name)?.status ?? {};
			store.update("deployments", namespace, name, (draft) => {
				const { replicas = 0, readyReplicas = 0, terminatingReplicas = 0 } = status;
				draft.status = {
					...draft.status,
					replicas,
					updatedReplicas: replicas,
					readyReplicas,
					availableReplicas: readyReplicas,
					terminatingReplicas,
					observedGeneration: draft.metadata.generation,
				};
			});
			return undefined;
		},
	};
}

function keysOf({ resource, object }: Change): readonly string[] {
	if (resource === "deployments") return [keyOfObject(object)];
	if (resource !== "replicasets") return [];
	const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === "Deployment");
	return owner === undefined ? [] : [`${object.metadata.namespace}/${owner.name}`];
}

/** The ReplicaSet that a Deployment's template asks for. */
export function replicaSetOf(deployment: KubeObject) {
	const hash = templateHash(deployment);
	const { namespace, name } = deployment.metadata;
	const template = fieldsAt(deployment, "spec", "template");
	const labels = { ...(fieldsAt(template, "metadata", "labels") as Record<string, string>), "pod-template-hash": hash };
	return {
		apiVersion: "apps/v1",
		kind: "ReplicaSet",
		metadata: {
			name: `${name}-${hash}`,
			...(namespace === undefined ? {} : { namespace }),
			labels,
			ownerReferences: [ownedBy(deployment)],
		},
		spec: {
			replicas: deployment.spec?.replicas ?? 1,
			selector: { matchLabels: { ...fieldsAt(deployment, "spec", "selector", "matchLabels"), "pod-template-hash": hash } },
			template: { ...template, metadata: { ...fieldsAt(template, "metadata"), labels } },
		},
	};
}
