import type { SimulatedCluster } from "../../local/cluster/simulated-cluster.ts";
import { addFourNodes } from "./four-nodes.ts";
import type { Leaving, Scenario } from "./scenario.ts";

/** A dozen VMs of every fate but one: none blocks. Whatever is in `lab` may end: its operator wrote so. */
export const demo: Scenario = {
	name: "demo",
	says: "twelve VMs, none of which blocks, and the pods beside them leave a node",
	policy: { mayEnd: [{ namespace: "lab", name: "*" }] },
	seed: (cluster) => {
		const { node, others, ...leaving } = addFourNodes(cluster);
		addMigratingVms(cluster, node);
		addOtherVms(cluster, node);
		addPods(cluster, node, others[0]);
		return { ...leaving, node };
	},
};

function addMigratingVms({ add }: SimulatedCluster, on: string): void {
	const vms = [
		{ namespace: "shop", name: "orders-db", memory: "16Gi", cores: 4, migrationSeconds: 180 },
		{ namespace: "shop", name: "search", memory: "4Gi", cores: 2, migrationSeconds: 90 },
		{ namespace: "shop", name: "web-1", memory: "2Gi", migrationSeconds: 60 },
		{ namespace: "shop", name: "web-2", memory: "2Gi", migrationSeconds: 60 },
		{ namespace: "ops", name: "bastion", memory: "1Gi", migrationSeconds: 40 },
	];
	for (const vm of vms) add.vm({ ...vm, on, evictionStrategy: "LiveMigrate" });
	add.vm({
		namespace: "build",
		name: "runner-1",
		on,
		evictionStrategy: "LiveMigrateIfPossible",
		memory: "2Gi",
		migrationSeconds: 60,
	});
}

function addOtherVms({ add }: SimulatedCluster, on: string): void {
	add.vm({
		namespace: "build",
		name: "runner-2",
		on,
		evictionStrategy: "LiveMigrateIfPossible",
		notMigratable: {
			reason: "HostDeviceNotLiveMigratable",
			message: "VMI specifies non-migratable generic PCI host device",
		},
		startSeconds: 12,
	});
	add.vm({ namespace: "build", name: "nightly", on, evictionStrategy: "None", startSeconds: 12 });
	add.vmirs({ namespace: "edge", name: "proxy", on: [on], evictionStrategy: "None", startSeconds: 12 });
	add.vm({ namespace: "lab", name: "report", on, evictionStrategy: "None", runStrategy: "RerunOnFailure", shutdownSeconds: 9 });
	add.vm({ namespace: "lab", name: "bench", on, evictionStrategy: "None", runStrategy: "Manual", shutdownSeconds: 6 });
	add.vmi({ namespace: "lab", name: "scratch", on, evictionStrategy: "None" });
}

function addPods({ add }: SimulatedCluster, on: Leaving["node"], other: string): void {
	add.deployment({ namespace: "shop", name: "api", on: [on, on, other], cpu: "500m", startSeconds: 10 });
	add.pdb({ namespace: "shop", name: "api", matchLabels: { app: "api" }, minAvailable: 2 });
	add.statefulSet({ namespace: "shop", name: "queue", on: [on], cpu: "250m", startSeconds: 8, shutdownSeconds: 10 });
	add.daemonSet({ namespace: "ops", name: "log-shipper", spec: { tolerations: [{ operator: "Exists" }] } });
	add.barePod({ namespace: "lab", name: "debug-shell", on });
	add.mirrorPod({ namespace: "kube-system", name: "etcd-proxy", on });
}
