import type { Change, KubeObject, Resource } from "../store.ts";
import { setConditions } from "./conditions.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { graceOf, hasEnded, isDeleting } from "./pods.ts";

const dependents: readonly Resource[] = ["replicasets", "pods", "virtualmachineinstances", "virtualmachineinstancemigrations"];

/** Removes what belonged to an object that is gone. */
export function garbageCollector({ store }: Ground): Controller {
	return {
		name: "garbage-collector",
		program: "kube-controller-manager",
		lag: 100,
		keysOf: ({ type, resource, object }: Change) => (type === "DELETED" && resource !== "events" ? [object.metadata.uid] : []),
		reconcile: (uid) => {
			for (const resource of dependents) {
				for (const object of store.ownedBy(resource, uid)) {
					if (isDeleting(object)) continue;
					const { namespace, name } = object.metadata;
					if (resource === "pods") store.beginDeletion(resource, namespace, name, graceOf(object));
					else store.remove(resource, namespace, name);
				}
			}
			return undefined;
		},
	};
}

/** A Node must be gone for so long before its pods are given up. */
const quarantineMs = 60_000;

/** Removes, by force, the pods of a Node that does not exist. */
export function podGarbageCollector({ store, clock }: Ground): Controller {
	const goneSince = new Map<string, number>();
	const giveUp = (pod: KubeObject): void => {
		const { namespace, name } = pod.metadata;
		if (!hasEnded(pod)) {
			store.update("pods", namespace, name, (draft) => {
				draft.status = { ...draft.status, phase: "Failed" };
				setConditions(draft, clock.now(), {
					type: "DisruptionTarget",
					status: "True",
					reason: "DeletionByPodGC",
					message: "PodGC: node no longer exists",
				});
			});
		}
		store.remove("pods", namespace, name);
	};
	return {
		name: "pod-garbage-collector",
		program: "kube-controller-manager",
		lag: 0,
		keysOf: ({ type, resource, object }) => (resource === "nodes" && type !== "MODIFIED" ? [object.metadata.name] : []),
		reconcile: (name) => {
			if (store.get("nodes", undefined, name) !== undefined) {
				goneSince.delete(name);
				return undefined;
			}
			const since = goneSince.get(name) ?? clock.now();
			goneSince.set(name, since);
			const left = since + quarantineMs - clock.now();
			if (left > 0) return left;
			goneSince.delete(name);
			for (const pod of store.podsOn(name)) giveUp(pod);
			return undefined;
		},
	};
}
