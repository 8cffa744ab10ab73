import type { SimulationClock } from "../../src/local/clock/simulation-clock.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";

/** What the bench drains: a node with so many LiveMigrate VMs, of which KubeVirt moves two at a time. */
export const LOAD = { vms: 20, migrationSeconds: 30 } as const;
export const KUBEVIRT_VERSION = "1.9.0";

export type LeavingNode = {
	readonly cluster: SimulatedCluster;
	readonly instanceId: string;
	/** Epoch milliseconds at which the last launcher on it became final; undefined while one is alive. */
	lastLauncherFinalAt(): number | undefined;
};

const otherNodes = 3;

const instanceOf = (cluster: number, node: number): string =>
	`i-0${cluster.toString(16).padStart(8, "0")}${node.toString(16).padStart(8, "0")}`;

/** A cluster with the node that will leave, its VMs, and three other nodes with room for all of them. */
export function createLeavingNode(clock: SimulationClock, number: number): LeavingNode {
	const name = `cluster-${String(number).padStart(3, "0")}`;
	const cluster = createSimulatedCluster({ clock, name, kubevirtVersion: KUBEVIRT_VERSION });
	for (let other = 1; other <= otherNodes; other++) cluster.add.node({ instanceId: instanceOf(number, other) });
	const instanceId = instanceOf(number, 0);
	const node = cluster.add.node({ instanceId, zone: "eu-west-1a", infrastructure: false }).metadata.name;
	for (let vm = 0; vm < LOAD.vms; vm++) {
		const place = { namespace: "shop", name: `vm-${String(vm).padStart(2, "0")}`, on: node };
		cluster.add.vm({ ...place, evictionStrategy: "LiveMigrate", migrationSeconds: LOAD.migrationSeconds });
	}
	return { cluster, instanceId, lastLauncherFinalAt: watchLaunchers(clock, cluster, node) };
}

function watchLaunchers(clock: SimulationClock, { store }: SimulatedCluster, node: string): () => number | undefined {
	const isAlive = () =>
		store
			.podsOn(node)
			.some(({ metadata, status }) => metadata.labels?.["kubevirt.io"] === "virt-launcher" && !isFinal(status?.phase));
	let finalAt: number | undefined;
	store.subscribe(({ resource, object }) => {
		if (resource !== "pods" || object.spec?.nodeName !== node) return;
		finalAt = isAlive() ? undefined : (finalAt ?? clock.now());
	});
	return () => finalAt;
}

const isFinal = (phase: unknown): boolean => phase === "Succeeded" || phase === "Failed";
