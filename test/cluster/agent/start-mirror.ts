import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import type { KubeObject, Resource } from "../../../src/local/cluster/store.ts";
import { MirrorStore } from "./mirror-store.ts";
import { ObjectWriter } from "./object-writer.ts";
import { reflect } from "./reflector.ts";

type MirrorOptions = {
	readonly api: ClusterApi;
	/** Who writes VMIs: see ObjectWriter. */
	readonly handler: (vmi: KubeObject, mirror: MirrorStore) => Promise<{ readonly api: ClusterApi; readonly token: string }>;
	readonly resources: readonly Resource[];
	readonly pause: (ms: number) => Promise<void>;
	readonly signal: AbortSignal;
	readonly failed: (what: string) => void;
};

export type RunningMirror = {
	readonly mirror: MirrorStore;
	/** Resolves when this resource has been listed for the first time. */
	listed(resource: Resource): Promise<void>;
	/** Resolves when, after `signal`, nothing asks the API server any more. */
	readonly ended: Promise<unknown>;
};

/** Begins to keep a picture of these resources of an API server. */
export function startMirror({ api, handler, resources, pause, signal, failed }: MirrorOptions): RunningMirror {
	const mirror = new MirrorStore();
	mirror.writeWith(new ObjectWriter({ api, mirror, handler: (vmi) => handler(vmi, mirror), pause, signal, failed }));
	const first = new Map(resources.map((resource) => [resource, Promise.withResolvers<void>()]));
	const listed = (resource: Resource): void => first.get(resource)?.resolve();
	return {
		mirror,
		listed: async (resource) => first.get(resource)?.promise,
		ended: Promise.all(resources.map((resource) => reflect(resource, { api, mirror, pause, signal, listed, failed }))),
	};
}
