import { describe, expect, it } from "@jest/globals";
import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import { instanceIdOf } from "../../../src/local/cluster/controllers/machines.ts";
import { cordon, evict, launcher, said, scene, vmi } from "./drained-cluster.ts";

const instance = (number: number): string => `i-${String(number).padStart(17, "0")}`;

describe("a guest", () => {
	it("outlives its pod object, removed by force, and its VMI that counts as failed", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "kept", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			const { name } = launcher(cluster, "kept").metadata;
			await cluster.kubectl("DELETE", `/api/v1/namespaces/vms/pods/${name}?gracePeriodSeconds=0`);
			await cluster.settle();
			expect(cluster.truth.guests().map(({ instanceId, alive }) => ({ instanceId, alive }))).toEqual([
				{ instanceId: instance(1), alive: true },
				{ instanceId: expect.any(String), alive: true },
			]);
			expect(vmi(cluster, "kept")?.status?.phase).toBe("Running");
		});
	});

	it("stays on its instance when the Node is deleted and another instance takes its name", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "kept", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			await cluster.kubectl("DELETE", `/api/v1/nodes/${nodes[0]}`);
			const node = cluster.add.node({ name: nodes[0], instanceId: "i-0fedcba9876543210" });
			await clock.sleep(300_000);
			expect(instanceIdOf(node)).toBe("i-0fedcba9876543210");
			expect(cluster.truth.guests()).toMatchObject([{ name: "kept", instanceId: instance(1), alive: true }]);
			expect(vmi(cluster, "kept")?.status?.phase).toBe("Running");
		});
	});

	it("arrives although its migration and its target pod were removed by force on the way", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "lm"));
			await clock.sleep(10_000);
			cluster.faults.program("virt-controller", "down");
			const [migration] = cluster.store.list("virtualmachineinstancemigrations");
			const path = `/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstancemigrations/${migration?.metadata.name}`;
			await cluster.kubectl("PATCH", path, { metadata: { finalizers: null } });
			await cluster.kubectl("DELETE", path);
			const target = cluster.store.list("pods").find(({ metadata }) => metadata.labels?.["kubevirt.io/migrationJobUID"]);
			await cluster.kubectl("DELETE", `/api/v1/namespaces/vms/pods/${target?.metadata.name}?gracePeriodSeconds=0`);
			await clock.sleep(40_000);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toEqual([]);
			expect(cluster.truth.events.map(({ kind }) => kind)).toEqual(["started", "migration began", "moved", "migration ended"]);
			expect(vmi(cluster, "lm")?.status?.nodeName).toBe(target?.spec?.nodeName);
		});
	});

	it("dies with its instance, and so does a migration to it", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "still", on: nodes[0] });
		cluster.add.vm({ namespace: "vms", name: "going", on: nodes[0], evictionStrategy: "LiveMigrate" });
		cluster.add.vm({ namespace: "vms", name: "coming", on: nodes[1], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "going"));
			for (const node of nodes.slice(1)) await cordon(cluster, node);
			await clock.sleep(50);
			await evict(cluster, launcher(cluster, "coming"));
			await clock.sleep(3_000);
			const under = cluster.truth
				.migrations()
				.map(({ name, sourceInstance, targetInstance }) => [name, sourceInstance, targetInstance]);
			expect(under).toEqual([["coming", instance(2), instance(1)]]);
			cluster.faults.takeInstance(instance(1));
			expect(cluster.truth.migrations()).toEqual([]);
			expect(cluster.truth.events.slice(-3)).toMatchObject([
				{ kind: "migration ended", name: "coming", outcome: "instance taken" },
				{ kind: "ended", name: "still", cause: "instance taken", instanceId: instance(1) },
				{ kind: "ended", name: "going", cause: "instance taken", instanceId: instance(1) },
			]);
			expect(cluster.truth.guests().find(({ name }) => name === "coming")).toMatchObject({ alive: true });
		});
	});

	it("in post-copy needs both instances", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "pc", on: nodes[0], evictionStrategy: "LiveMigrate", postCopy: true });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "pc"));
			await clock.sleep(20_000);
			expect(vmi(cluster, "pc")?.status).toMatchObject({ nodeName: nodes[0], migrationState: { mode: "PostCopy" } });
			expect(cluster.truth.guests()).toMatchObject([{ alive: true, instanceId: expect.not.stringContaining(instance(1)) }]);
			cluster.faults.takeInstance(instance(1));
			expect(cluster.truth.guests()).toMatchObject([{ alive: false }]);
		});
	});

	it("starts elsewhere when its instance was taken, after its Node has been removed", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "still", on: nodes[0] });
		await clock.run(async () => {
			cluster.faults.takeInstance(instance(1));
			await clock.sleep(49_000);
			expect(cluster.store.get("nodes", undefined, nodes[0])?.spec?.taints).toMatchObject([
				{ key: "node.kubernetes.io/unreachable", effect: "NoSchedule" },
				{ key: "node.kubernetes.io/unreachable", effect: "NoExecute" },
			]);
			await clock.sleep(90_000);
			expect(cluster.store.get("nodes", undefined, nodes[0])).toBeUndefined();
			expect(cluster.truth.guests().map(({ alive }) => alive)).toEqual([false, true]);
		});
	});
});

describe("a node that is not heard of", () => {
	it("keeps its pods Terminating, its VMs unrestarted, until its kubelet is back", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "plain", on: nodes[0] });
		const pod = launcher(cluster, "plain");
		await clock.run(async () => {
			cluster.faults.kubelet(nodes[0], "down");
			await clock.sleep(60_000);
			const node = cluster.store.get("nodes", undefined, nodes[0]);
			expect(node && conditionOf(node, "Ready")).toMatchObject({ status: "Unknown", reason: "NodeStatusUnknown" });
			expect(said(await evict(cluster, pod))).toBe("201");
			await clock.sleep(365_000);
			expect(vmi(cluster, "plain")?.status).toMatchObject({
				phase: "Running",
				conditions: expect.arrayContaining([expect.objectContaining({ type: "Ready", reason: "PodTerminating" })]),
			});
			expect(cluster.truth.guests()).toMatchObject([{ alive: true, instanceId: instance(1) }]);
			cluster.faults.kubelet(nodes[0], "up");
			await cluster.settle();
			expect(cluster.truth.guests()).toMatchObject([{ alive: false }, { alive: true }]);
		});
	});

	it("loses its launchers to the taint after 300 seconds, whatever their strategy", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			cluster.faults.kubelet(nodes[0], "down");
			await clock.sleep(340_000);
			expect(launcher(cluster, "lm").metadata.deletionTimestamp).toBeUndefined();
			await clock.sleep(10_000);
			expect(conditionOf(launcher(cluster, "lm"), "DisruptionTarget")).toMatchObject({ reason: "DeletionByTaintManager" });
			expect(launcher(cluster, "lm").metadata.deletionTimestamp).toBeDefined();
			cluster.faults.kubelet(nodes[0], "up");
			await cluster.settle();
			expect(cluster.truth.events.find(({ kind }) => kind === "ended")).toMatchObject({
				cause: "taint",
				strategy: "LiveMigrate",
			});
		});
	});
});

describe("the scheduler", () => {
	it("binds what it chose before the cordon after the cordon", async () => {
		const { clock, cluster, nodes } = scene();
		for (const node of nodes.slice(2))
			cluster.store.update("nodes", undefined, node, (draft) => {
				draft.spec = { ...draft.spec, unschedulable: true };
			});
		cluster.add.vm({ namespace: "vms", name: "late", on: nodes[1], evictionStrategy: "LiveMigrate", bindingSeconds: 20 });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "late"));
			await clock.sleep(2_000);
			await cordon(cluster, nodes[0]);
			await clock.sleep(15_000);
			expect(cluster.store.podsOn("")).toHaveLength(1);
			await clock.sleep(5_000);
			expect(launcher(cluster, "late", nodes[0]).status?.phase).toBe("Running");
			await clock.sleep(40_000);
			expect(cluster.truth.guests()).toMatchObject([{ name: "late", instanceId: instance(1) }]);
		});
	});

	it("starts what it refused as soon as there is room", async () => {
		const { clock, cluster } = scene();
		cluster.add.vm({ namespace: "vms", name: "big", memory: "200Gi" });
		await clock.run(async () => {
			await cluster.settle();
			expect(vmi(cluster, "big")?.status?.phase).toBe("Scheduling");
			cluster.add.node({ memory: "256Gi" });
			await cluster.settle();
			expect(vmi(cluster, "big")?.status?.phase).toBe("Running");
		});
	});
});
