import { createClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { afterRealTime, realClock } from "../../../src/adapters/real-clock.ts";
import { ProvokedFaults } from "../../../src/local/cluster/api/provoked-faults.ts";
import type { Change, KubeObject, NewObject, Resource } from "../../../src/local/cluster/store.ts";
import { ground, node, pod } from "../../local/api/api-ground.ts";
import { type RunningMirror, startMirror } from "./start-mirror.ts";

export { node, pod };

const watched: readonly Resource[] = ["nodes", "pods", "virtualmachineinstances"];
const soonMs = 1;
const patienceMs = 4_000;

/** An API server without controllers, its store, and a mirror that knows it by its requests alone. */
export type MirrorGround = RunningMirror & {
	readonly store: ReturnType<typeof ground>["store"];
	readonly faults: ProvokedFaults;
	readonly requests: readonly string[];
	readonly failures: readonly string[];
	/** What subscribers were told of pods: type, name and phase, or the version of a DELETED. */
	readonly told: readonly string[];
	readonly changes: readonly Change[];
	/** The connection of the first watch of pods breaks. */
	breakWatch(): void;
	stop(): Promise<unknown>;
};

const isWatchOfPods = (path: string, query: Readonly<Record<string, string>>): boolean =>
	path === "/api/v1/pods" && "watch" in query;

export async function mirrorGround(
	objects: readonly [Resource, NewObject][] = [],
	faults = new ProvokedFaults(),
): Promise<MirrorGround> {
	const broken = new AbortController();
	const cutWatch = { how: "reset", on: broken.signal } as const;
	faults.add({ match: ({ path, query }) => isWatchOfPods(path, query), times: 1, effect: { cutWatch } });
	const { store, server } = ground({ faults });
	for (const [resource, object] of objects) store.create(resource, object);
	const requests: string[] = [];
	const failures: string[] = [];
	const send = (request: Request): Promise<Response> => {
		const { pathname, search } = new URL(request.url);
		if (!search.includes("watch=true")) requests.push(`${request.method} ${pathname}${search}`);
		return server.handle(request);
	};
	const api = createClusterApi({ name: "simulated", send, clock: realClock });
	const stopping = new AbortController();
	const running = startMirror({
		api,
		handler: async () => ({ api, token: "of-the-handler" }),
		resources: watched,
		pause: () => new Promise((resolve) => afterRealTime(soonMs, resolve)),
		signal: stopping.signal,
		failed: (what) => failures.push(what),
	});
	const changes: Change[] = [];
	const told: string[] = [];
	running.mirror.subscribe((change) => {
		changes.push(change);
		const { type, resource, object } = change;
		if (resource === "pods") told.push(`${type} ${object.metadata.name} ${object.status?.phase}`);
	});
	await Promise.all(watched.map(running.listed));
	const stop = (): Promise<unknown> => {
		stopping.abort();
		return running.ended;
	};
	return { ...running, store, faults, requests, failures, told, changes, breakWatch: () => broken.abort(), stop };
}

/** Waits until this holds; fails when it does not within four seconds. */
export async function eventually(holds: () => boolean): Promise<void> {
	const until = performance.now() + patienceMs;
	while (!holds()) {
		if (performance.now() > until) throw new Error(`in vain: ${holds}`);
		await new Promise<void>((resolve) => afterRealTime(soonMs, resolve));
	}
}

export const labelled =
	(name: string, value: string) =>
	(draft: KubeObject): void => {
		draft.metadata.labels = { ...draft.metadata.labels, [name]: value };
	};

export const inPhase =
	(phase: string) =>
	(draft: KubeObject): void => {
		draft.status = { ...draft.status, phase };
	};
