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
const VMS_PER_OTHER = 6;

const instanceOf = (cluster: number, node: number): string =>
	`i-0${cluster.toString(16).padStart(8, "0")}${node.toString(16).padStart(8, "0")}`;

/** A cluster with the node that will leave, its VMs, and three other nodes with room for all of them. */
export function createLeavingNode(clock: SimulationClock, number: number): LeavingNode {
	const cluster = createCluster(clock, number);
	for (let other = 1; other <= otherNodes; other++) cluster.add.node({ instanceId: instanceOf(number, other) });
	return addLeavingNode(clock, cluster, { instanceId: instanceOf(number, 0), vms: LOAD.vms, prefix: "vm" });
}

/** A cluster with so many nodes that will leave, so many VMs on each, and other nodes with room for all of them. */
export function createLeavingNodes(clock: SimulationClock, number: number, nodes: number, vms: number): readonly LeavingNode[] {
	const cluster = createCluster(clock, number);
	const others = Math.max(otherNodes, Math.ceil((nodes * vms) / VMS_PER_OTHER));
	for (let other = 1; other <= others; other++) cluster.add.node({ instanceId: instanceOf(number, nodes + other) });
	return Array.from({ length: nodes }, (_, node) =>
		addLeavingNode(clock, cluster, { instanceId: instanceOf(number, node), vms, prefix: `vm-${node}` }),
	);
}

const createCluster = (clock: SimulationClock, number: number): SimulatedCluster =>
	createSimulatedCluster({ clock, name: `cluster-${String(number).padStart(3, "0")}`, kubevirtVersion: KUBEVIRT_VERSION });

type Leaving = { readonly instanceId: string; readonly vms: number; readonly prefix: string };

function addLeavingNode(clock: SimulationClock, cluster: SimulatedCluster, { instanceId, vms, prefix }: Leaving): LeavingNode {
	const node = cluster.add.node({ instanceId, zone: "eu-west-1a", infrastructure: false }).metadata.name;
	for (let vm = 0; vm < vms; vm++) {
		const place = { namespace: "shop", name: `${prefix}-${String(vm).padStart(2, "0")}`, on: node };
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
