import { describe, expect, it } from "@jest/globals";
import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import { cordon, evict, launcher, said, scene, vm, vmi } from "./drained-cluster.ts";

type RunStrategy = "Always" | "RerunOnFailure" | "Manual" | "Once";

/** Evicts a VM without a strategy, and tells what became of it. */
async function fateOf(runStrategy: RunStrategy, ignoresAcpi: boolean) {
	const { clock, cluster, nodes } = scene();
	cluster.add.vm({ namespace: "vms", name: "plain", on: nodes[0], runStrategy, ignoresAcpi });
	return clock.run(async () => {
		await cordon(cluster, nodes[0]);
		const before = vmi(cluster, "plain")?.metadata.uid;
		expect(said(await evict(cluster, launcher(cluster, "plain")))).toBe("201");
		await clock.sleep(1_000);
		expect(vmi(cluster, "plain")?.status?.phase).toBe("Running");
		await cluster.settle();
		const now = vmi(cluster, "plain");
		return {
			vm: vm(cluster, "plain")?.status?.printableStatus,
			vmi: now?.status?.phase,
			restarted: now !== undefined && now.metadata.uid !== before && now.status?.nodeName !== nodes[0],
		};
	});
}

describe("a VM that is not migrated", () => {
	it.each([
		["Always", false, { vm: "Running", vmi: "Running", restarted: true }],
		["Always", true, { vm: "Running", vmi: "Running", restarted: true }],
		["RerunOnFailure", false, { vm: "Stopped", vmi: undefined, restarted: false }],
		["RerunOnFailure", true, { vm: "Running", vmi: "Running", restarted: true }],
		["Manual", false, { vm: "Stopped", vmi: "Succeeded", restarted: false }],
		["Once", false, { vm: "Stopped", vmi: "Succeeded", restarted: false }],
		["Once", true, { vm: "Stopped", vmi: "Failed", restarted: false }],
	] as const)("with run strategy %s, killed %s, ends as %j", async (runStrategy, killed, fate) => {
		expect(await fateOf(runStrategy, killed)).toEqual(fate);
	});

	it("gets thirty seconds more for its launcher than for its guest", async () => {
		const { clock, cluster, nodes, seconds } = scene();
		const seed = { namespace: "vms", name: "slow", on: nodes[0], terminationGracePeriodSeconds: 20, ignoresAcpi: true };
		cluster.add.vmi(seed);
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "slow"));
			expect(launcher(cluster, "slow").metadata.deletionGracePeriodSeconds).toBe(50);
			while (vmi(cluster, "slow")?.status?.phase === "Running") await clock.sleep(100);
			expect([Math.round(seconds()), vmi(cluster, "slow")?.status?.phase]).toEqual([20, "Failed"]);
		});
	});

	it("that nothing owns stays where it ended", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vmi({ namespace: "vms", name: "alone", on: nodes[0] });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "alone"));
			await cluster.settle();
			const alone = vmi(cluster, "alone");
			expect([alone?.status?.phase, alone?.status?.nodeName, alone?.metadata.finalizers]).toEqual([
				"Succeeded",
				nodes[0],
				undefined,
			]);
			expect(cluster.truth.guests()).toMatchObject([{ name: "alone", alive: false }]);
		});
	});

	it("that may migrate only if possible, and cannot, is restarted elsewhere", async () => {
		const { clock, cluster, nodes } = scene();
		const notMigratable = { reason: "HostDeviceNotLiveMigratable", message: "VMI uses a host device" };
		cluster.add.vm({
			namespace: "vms",
			name: "gpu",
			on: nodes[0],
			evictionStrategy: "LiveMigrateIfPossible",
			notMigratable,
		});
		await clock.run(async () => {
			await cordon(cluster, nodes[0]);
			expect(said(await evict(cluster, launcher(cluster, "gpu")))).toBe("201");
			await cluster.settle();
			expect(vmi(cluster, "gpu")?.status).toMatchObject({ phase: "Running", nodeName: expect.not.stringContaining(nodes[0]) });
		});
	});

	it("and shares a budget of one blocks its own eviction for ever", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "kept", on: nodes[0], evictionStrategy: "None" });
		cluster.add.pdb({ namespace: "vms", name: "kept", matchLabels: { app: "kept" }, minAvailable: 1 });
		await clock.run(async () => {
			await cluster.settle();
			expect(said(await evict(cluster, launcher(cluster, "kept")))).toBe(
				"429 Cannot evict pod as it would violate the pod's disruption budget.",
			);
		});
	});

	it("and has a budget in maxUnavailable cannot be evicted, because VMIs have no scale", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "kept", on: nodes[0], evictionStrategy: "None" });
		cluster.add.pdb({ namespace: "vms", name: "kept", matchLabels: { app: "kept" }, maxUnavailable: 1 });
		await clock.run(async () => {
			await cluster.settle();
			const budget = cluster.store.get("poddisruptionbudgets", "vms", "kept");
			expect(budget && conditionOf(budget, "DisruptionAllowed")).toMatchObject({
				status: "False",
				reason: "SyncFailed",
				message: "virtualmachineinstances.kubevirt.io does not implement the scale subresource",
			});
		});
	});
});

describe("a replica set of VMs", () => {
	it("starts replacements under new names before the old ones are down", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vmirs({ namespace: "vms", name: "pool", on: [nodes[0], nodes[0], nodes[0]], shutdownSeconds: 4 });
		await clock.run(async () => {
			await cluster.settle();
			await cordon(cluster, nodes[0]);
			const old = cluster.store.list("virtualmachineinstances").map(({ metadata }) => metadata.name);
			for (const name of old) expect(said(await evict(cluster, launcher(cluster, name)))).toBe("201");
			await clock.sleep(2_000);
			expect(cluster.truth.guests().filter(({ alive }) => alive)).toHaveLength(6);
			await cluster.settle();
			const set = cluster.store.get("virtualmachineinstancereplicasets", "vms", "pool");
			expect(set?.status).toEqual({ labelSelector: "app=pool", replicas: 3, readyReplicas: 3 });
			const now = cluster.store.list("virtualmachineinstances");
			expect(now.filter(({ metadata, status }) => old.includes(metadata.name) || status?.nodeName === nodes[0])).toEqual([]);
		});
	});
});

describe("a VM that its owner stops", () => {
	it("ends by the user's hand, also in the middle of a migration", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "st", on: nodes[0], evictionStrategy: "LiveMigrate", migrationSeconds: 60 });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "st"));
			await clock.sleep(5_000);
			const path = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines/st";
			await cluster.kubectl("PATCH", path, { spec: { runStrategy: "Halted" } });
			await cluster.settle();
			expect(cluster.truth.events.slice(2)).toMatchObject([
				{ kind: "migration ended", outcome: "guest ended" },
				{ kind: "ended", cause: "user", by: "kubernetes-admin", runStrategy: "Halted" },
			]);
			expect([vmi(cluster, "st"), vm(cluster, "st")?.status?.printableStatus]).toEqual([undefined, "Stopped"]);
			expect(cluster.store.list("pods").filter(({ metadata }) => metadata.namespace === "vms")).toEqual([]);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toEqual([]);
		});
	});
});
