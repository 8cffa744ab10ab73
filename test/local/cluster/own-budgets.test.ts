import { describe, expect, it } from "@jest/globals";
import type { KubeObject } from "../../../src/local/cluster/store.ts";
import { cordon, evict, launcher, record, type Scene, said, scene, vmi } from "./drained-cluster.ts";

const oldest = { kubevirtVersion: "1.5.1" };

const budgetsOf = ({ cluster }: Scene): readonly KubeObject[] => cluster.store.inNamespace("poddisruptionbudgets", "vms");

describe("KubeVirt 1.5's own budgets", () => {
	it("are there for every protected VMI and allow nothing", async () => {
		const stage = scene(oldest);
		const { clock, cluster, nodes } = stage;
		const stuck = { reason: "DisksNotLiveMigratable", message: "a disk is not shared" };
		const on = nodes[0];
		cluster.add.vm({ namespace: "vms", name: "lm", on, evictionStrategy: "LiveMigrate" });
		cluster.add.vm({ namespace: "vms", name: "stuck", on, evictionStrategy: "LiveMigrate", notMigratable: stuck });
		cluster.add.vm({ namespace: "vms", name: "ext", on, evictionStrategy: "External" });
		cluster.add.vm({ namespace: "vms", name: "maybe", on, evictionStrategy: "LiveMigrateIfPossible", notMigratable: stuck });
		cluster.add.vm({ namespace: "vms", name: "none", on });
		cluster.add.vm({ namespace: "vms", name: "late", evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			await cluster.settle();
			const owners = budgetsOf(stage).map(({ metadata }) => metadata.ownerReferences?.[0]?.name);
			expect(owners.toSorted()).toEqual(["ext", "late", "lm", "stuck"]);
			for (const { metadata, spec, status } of budgetsOf(stage)) {
				expect(metadata.name).toMatch(/^kubevirt-disruption-budget-/);
				expect([spec?.minAvailable, status?.disruptionsAllowed, status?.currentHealthy]).toEqual([1, 0, 1]);
			}
		});
	});

	it("are raised while the VM migrates, lowered afterwards, and not in the way of the old launcher", async () => {
		const stage = scene(oldest);
		const { clock, cluster, nodes } = stage;
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate", migrationSeconds: 8 });
		await clock.run(async () => {
			await cluster.settle();
			const changes = record(cluster);
			await cordon(cluster, nodes[0]);
			await evict(cluster, launcher(cluster, "lm"));
			await cluster.settle();
			const seen = changes
				.filter(({ resource }) => resource === "poddisruptionbudgets")
				.map(({ object }) => `${object.spec?.minAvailable} ${object.status?.disruptionsAllowed}`);
			expect([...new Set(seen)]).toEqual(["2 0", "1 0"]);
			const words = cluster.store.list("events").map(({ reason, message }) => `${reason}: ${message}`);
			const budget = budgetsOf(stage)[0]?.metadata.name;
			expect(words.filter((said) => said.includes("PodDisruptionBudget"))).toEqual([
				`SuccessfulUpdate: Expanded PodDisruptionBudget ${budget}`,
				`SuccessfulUpdate: shrank PodDisruptionBudget ${budget}`,
			]);
			expect(said(await evict(cluster, launcher(cluster, "lm", nodes[0])))).toBe("201");
		});
	});

	it("are a second guard where the webhook is gone", async () => {
		const stage = scene(oldest);
		const { clock, cluster, nodes } = stage;
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			cluster.faults.removeWebhooks();
			expect(await evict(cluster, launcher(cluster, "lm"))).toMatchObject({
				code: 429,
				body: {
					message: "Cannot evict pod as it would violate the pod's disruption budget.",
					details: {
						causes: [
							{ message: `The disruption budget ${budgetsOf(stage)[0]?.metadata.name} needs 1 healthy pods and has 1 currently` },
						],
					},
				},
			});
			expect(vmi(cluster, "lm")?.status?.phase).toBe("Running");
		});
	});

	it("go with their VMI, and a VM that starts again has a new one", async () => {
		const stage = scene(oldest);
		const { clock, cluster, nodes } = stage;
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			const [before] = budgetsOf(stage);
			await cluster.kubectl("DELETE", "/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstances/lm");
			await cluster.settle();
			const [after, ...more] = budgetsOf(stage);
			expect([after?.metadata.uid === before?.metadata.uid, more]).toEqual([false, []]);
			expect(after?.metadata.ownerReferences?.[0]?.uid).toBe(vmi(cluster, "lm")?.metadata.uid);
		});
	});

	it("warn, on 1.5 and 1.7, of a VMI that the old drain taint asks to move and that cannot", async () => {
		for (const kubevirtVersion of ["1.5.1", "1.7.0"]) {
			const { clock, cluster, nodes } = scene({ kubevirtVersion });
			const notMigratable = { reason: "DisksNotLiveMigratable", message: "a disk is not shared" };
			cluster.add.vm({ namespace: "vms", name: "stuck", on: nodes[0], evictionStrategy: "LiveMigrate", notMigratable });
			await clock.run(async () => {
				const taints = [{ key: "kubevirt.io/drain", effect: "NoSchedule" }];
				await cluster.kubectl("PATCH", `/api/v1/nodes/${nodes[0]}`, { spec: { taints } });
				await clock.sleep(5_000);
				const failed = cluster.store.list("events").filter(({ reason }) => reason === "FailedCreate");
				expect(failed.map(({ message }) => message)).toEqual(["VirtualMachineInstance is not migrateable"]);
			});
		}
	});
});
