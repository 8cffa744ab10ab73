import type { ClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { openWatch } from "../../../src/adapters/kubernetes/watch-events.ts";
import type { Resource } from "../../../src/local/cluster/store.ts";
import { isFields, textAt } from "../../../src/local/cluster/store-object.ts";
import { ask, listOf } from "./ask.ts";
import type { MirrorStore } from "./mirror-store.ts";
import { collectionPath } from "./object-paths.ts";

type ReflectorOptions = {
	readonly api: ClusterApi;
	readonly mirror: MirrorStore;
	readonly pause: (ms: number) => Promise<void>;
	readonly signal: AbortSignal;
	/** After each whole list. */
	readonly listed: (resource: Resource) => void;
	readonly failed: (what: string) => void;
};

const watchSeconds = 600;
/** Custom resources are served a moment after KubeVirt has been installed. */
const notServedMs = 500;
const againMs = 250;

/**
 * Keeps one resource of the picture up to date until `signal` aborts: lists, then watches on from there; a watch that ends
 * or breaks goes on from the last event, and only one whose version is forgotten (410) lists again.
 */
export async function reflect(resource: Resource, options: ReflectorOptions): Promise<void> {
	const { signal, pause, failed } = options;
	while (!signal.aborted) {
		try {
			const from = await listOnce(resource, options);
			if (from === undefined) await pause(notServedMs);
			else await watchOn(resource, from, options);
		} catch (fault) {
			if (!signal.aborted) failed(`reflecting ${resource}: ${(fault as Error).message}`);
			await pause(againMs);
		}
	}
}

/** The version of the list; undefined while the resource is not served. */
async function listOnce(resource: Resource, { api, mirror, listed }: ReflectorOptions): Promise<string | undefined> {
	const path = collectionPath(resource);
	const answer = await ask(api, { method: "GET", path });
	if (answer.code === 404) return undefined;
	if (answer.code !== 200) throw new Error(`cannot list ${path}: ${answer.message} (${answer.code})`);
	const { items, resourceVersion } = listOf(answer);
	const { apiVersion, kind } = listKind(answer.body);
	mirror.replace(
		resource,
		items.map((item) => (isFields(item) ? { apiVersion, kind, ...item } : item)),
		Number(resourceVersion),
	);
	listed(resource);
	return resourceVersion;
}

/** The items of a typed list do not say what they are. */
function listKind(body: unknown): { readonly apiVersion: string; readonly kind: string } {
	return { apiVersion: textAt(body, "apiVersion") ?? "", kind: (textAt(body, "kind") ?? "").replace(/List$/, "") };
}

async function watchOn(resource: Resource, from: string, options: ReflectorOptions): Promise<void> {
	const { signal, pause, failed } = options;
	let resourceVersion: string | undefined = from;
	while (resourceVersion !== undefined && !signal.aborted) {
		const began: string = resourceVersion;
		const last = { resourceVersion: began };
		try {
			resourceVersion = await watchOnce(resource, last, options);
		} catch (fault) {
			if (!signal.aborted) failed(`watching ${resource}: ${(fault as Error).message}`);
			resourceVersion = last.resourceVersion;
			await pause(againMs);
		}
	}
}

/** The version to go on from; undefined when it is forgotten. */
async function watchOnce(
	resource: Resource,
	last: { resourceVersion: string },
	{ api, mirror, signal }: ReflectorOptions,
): Promise<string | undefined> {
	const request = { path: collectionPath(resource), resourceVersion: last.resourceVersion, seconds: watchSeconds, signal };
	for await (const event of await openWatch(api, request)) {
		if (event.type === "expired") return undefined;
		mirror.observe(resource, event.type, event.object);
		last.resourceVersion = textAt(event.object, "metadata", "resourceVersion") ?? last.resourceVersion;
	}
	return last.resourceVersion;
}
