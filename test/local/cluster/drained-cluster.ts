import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { Change, KubeObject } from "../../../src/local/cluster/store.ts";

export type Scene = {
	readonly clock: VirtualClock;
	readonly cluster: SimulatedCluster;
	/** Names of the nodes, in order. */
	readonly nodes: readonly [string, string, string, string];
	/** Seconds since the scene began. */
	seconds(): number;
};

/** Four empty nodes in three zones; KubeVirt's own Deployments are on the last two. */
export function scene(options: Partial<Parameters<typeof createSimulatedCluster>[0]> = {}): Scene {
	const clock = new VirtualClock();
	const cluster = createSimulatedCluster({ clock, name: "test", kubevirtVersion: "1.9.0", ...options });
	const add = (infrastructure: boolean): string => cluster.add.node({ cpu: 32, memory: "128Gi", infrastructure }).metadata.name;
	const nodes = [add(false), add(false), add(true), add(true)] as const;
	const start = clock.now();
	return { clock, cluster, nodes, seconds: () => (clock.now() - start) / 1000 };
}

export function launcher(cluster: SimulatedCluster, vmi: string, node?: string): KubeObject {
	const found = cluster.store
		.list("pods")
		.filter((pod) => pod.metadata.annotations?.["kubevirt.io/domain"] === vmi)
		.find((pod) => node === undefined || pod.spec?.nodeName === node);
	if (found === undefined) throw new Error(`no launcher of ${vmi}${node === undefined ? "" : ` on ${node}`}`);
	return found;
}

export function evict(cluster: SimulatedCluster, pod: KubeObject, options: { readonly dryRun?: boolean } = {}) {
	const { namespace, name } = pod.metadata;
	const query = options.dryRun === true ? "?dryRun=All" : "";
	return cluster.kubectl("POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction${query}`, {
		apiVersion: "policy/v1",
		kind: "Eviction",
		metadata: { name, namespace },
	});
}

export function cordon(cluster: SimulatedCluster, node: string) {
	return cluster.kubectl("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
}

export function vmi(cluster: SimulatedCluster, name: string, namespace = "vms"): KubeObject | undefined {
	return cluster.store.get("virtualmachineinstances", namespace, name);
}

export function vm(cluster: SimulatedCluster, name: string): KubeObject | undefined {
	return cluster.store.get("virtualmachines", "vms", name);
}

/** What the API said: the code, and the message of a refusal. */
export function said({ code, body }: { readonly code: number; readonly body: unknown }): string {
	const message = (body as { message?: string }).message;
	return message === undefined ? String(code) : `${code} ${message}`;
}

/** One request as the administrator, with headers of its own; the whole answer. */
export async function ask(
	{ clock, cluster }: Pick<Scene, "clock" | "cluster">,
	method: string,
	path: string,
	options: { readonly body?: unknown; readonly accept?: string } = {},
): Promise<{ readonly code: number; readonly text: string; readonly headers: Readonly<Record<string, string>> }> {
	const headers = { authorization: `Bearer ${cluster.users.adminToken}`, accept: options.accept ?? "*/*" };
	const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
	const request = new Request(`https://test.example${path}`, { method, headers, ...body });
	const response = await clock.rest(cluster.handle(request));
	return { code: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) };
}

/** How many migrations are in each phase; one without is `new`. */
export function phases(cluster: SimulatedCluster): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const vmim of cluster.store.list("virtualmachineinstancemigrations")) {
		const phase = String(vmim.status?.phase ?? "new");
		counts[phase] = (counts[phase] ?? 0) + 1;
	}
	return counts;
}

/** Collects every change from now on. */
export function record(cluster: SimulatedCluster): readonly Change[] {
	const changes: Change[] = [];
	cluster.store.subscribe((change) => changes.push(change));
	return changes;
}
