import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";

/** The node on which every experiment begins. */
export const homeNode = "node2";

const controlPlane = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

/** The cluster of the recorder: one control plane, which carries KubeVirt, four workers, and the experiment's namespace. */
export function seedRecorded(cluster: SimulatedCluster, experiment: string): void {
	cluster.add.node({ name: "cp1", taints: [controlPlane] });
	for (const name of ["node1", "node2", "node3", "node4"]) cluster.add.node({ name, infrastructure: false });
	cluster.store.create("namespaces", {
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: "x" },
		spec: { finalizers: ["kubernetes"] },
		status: { phase: "Active" },
	});
	if (experiment === "drain") seedDrain(cluster);
}

/** What stood on node1 before `kubectl drain`, and behaved as its annotations said. */
function seedDrain({ add }: SimulatedCluster): void {
	const apps = "apps";
	const vms = { namespace: "vms", on: "node1" };
	add.daemonSet({ namespace: apps, name: "ds" });
	add.deployment({ namespace: apps, name: "web", on: ["node1", "node1", "node1"], startSeconds: 9 });
	add.pdb({ namespace: apps, name: "web", matchLabels: { app: "web" }, minAvailable: 2 });
	add.statefulSet({ namespace: apps, name: "sts", on: ["node1"] });
	add.barePod({ namespace: apps, name: "bare", on: "node1" });
	add.vm({ ...vms, name: "vm-lm", evictionStrategy: "LiveMigrate", memory: "512Mi", migrationSeconds: 8 });
	add.vm({ ...vms, name: "vm-none", evictionStrategy: "None", memory: "512Mi", shutdownSeconds: 6 });
	add.vmi({ ...vms, name: "vmi-alone", memory: "256Mi", shutdownSeconds: 5 });
	add.vmirs({ namespace: "vms", name: "vmirs", on: ["node1", "node1", "node1"], memory: "256Mi" });
}
