import type { KubeObject } from "../store.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { keyOfObject, nodeNameOf } from "./pods.ts";

const mirror = "kubernetes.io/config.mirror";
const anewMs = 1_000;

/** Kubelets keep a picture of each static pod in the API: it comes back when somebody deletes it. */
export function mirrorPods({ store, machines }: Ground): Controller {
	const gone = new Map<string, KubeObject>();
	return {
		name: "mirror-pods",
		program: "node",
		lag: anewMs,
		keysOf: ({ type, resource, object }) => {
			if (resource !== "pods" || type !== "DELETED" || object.metadata.annotations?.[mirror] === undefined) return [];
			gone.set(keyOfObject(object), object);
			return [keyOfObject(object)];
		},
		reconcile: (key) => {
			const pod = gone.get(key);
			gone.delete(key);
			if (pod === undefined || machines.serving(nodeNameOf(pod))?.connected !== true) return undefined;
			const { name, namespace = "", annotations = {}, ownerReferences = [] } = pod.metadata;
			const { apiVersion, kind, spec = {} } = pod;
			const metadata = { name, namespace, annotations, ownerReferences };
			store.create("pods", { apiVersion, kind, metadata, spec, status: { phase: "Pending" } });
			return undefined;
		},
	};
}
