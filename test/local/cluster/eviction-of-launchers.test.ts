import { describe, expect, it } from "@jest/globals";
import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import { cordon, evict, launcher, said, scene, vmi } from "./drained-cluster.ts";

const denied = 'admission webhook "virt-launcher-eviction-interceptor.kubevirt.io" denied the request: ';

describe("an eviction of a launcher", () => {
	it("answers as recorded while it is under way", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate", sourceLingersSeconds: 60 });
		await clock.run(async () => {
			const pod = launcher(cluster, "lm");
			const triggered = 'Eviction triggered evacuation of VMI "vms/lm"';
			expect(said(await evict(cluster, pod, { dryRun: true }))).toBe(`429 ${denied}${triggered}`);
			await clock.sleep(5_000);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toEqual([]);
			expect(said(await evict(cluster, pod))).toBe(`429 ${denied}${triggered}`);
			expect(said(await evict(cluster, pod))).toBe(`429 ${denied}Evacuation in progress: ${triggered}`);
			await clock.sleep(35_000);
			expect(said(await evict(cluster, pod))).toBe(`429 ${denied}Eviction request for target Pod`);
			await clock.sleep(65_000);
			expect(said(await evict(cluster, pod))).toBe("201");
		});
	});

	it("gives up a target that fits nowhere after 300 seconds and tries again", async () => {
		const { clock, cluster, nodes } = scene();
		const spec = { nodeSelector: { "kubernetes.io/hostname": nodes[0] } };
		cluster.add.vm({ namespace: "vms", name: "nt", on: nodes[0], evictionStrategy: "LiveMigrate", spec });
		await clock.run(async () => {
			await cordon(cluster, nodes[0]);
			await evict(cluster, launcher(cluster, "nt"));
			await clock.sleep(299_000);
			const target = cluster.store.podsOn("").map((pod) => conditionOf(pod, "PodScheduled"));
			expect(target).toMatchObject([
				{
					status: "False",
					reason: "Unschedulable",
					message: expect.stringContaining("0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) didn't match"),
				},
			]);
			expect(cluster.store.list("virtualmachineinstancemigrations").map((vmim) => vmim.status?.phase)).toEqual(["Scheduling"]);
			await clock.sleep(3_000);
			expect(cluster.store.list("virtualmachineinstancemigrations").map((vmim) => vmim.status?.phase)).toEqual([
				"Failed",
				"Pending",
			]);
			await clock.sleep(25_000);
			expect(cluster.store.list("virtualmachineinstancemigrations").map((vmim) => vmim.status?.phase)).toEqual([
				"Failed",
				"Scheduling",
			]);
			expect(vmi(cluster, "nt")?.status?.phase).toBe("Running");
		});
	});

	it("begins anew when its migration is deleted", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate", migrationSeconds: 600 });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "lm"));
			await clock.sleep(10_000);
			const [first] = cluster.store.list("virtualmachineinstancemigrations");
			await cluster.kubectl(
				"DELETE",
				`/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstancemigrations/${first?.metadata.name}`,
			);
			await clock.sleep(5_000);
			const [second, ...more] = cluster.store.list("virtualmachineinstancemigrations");
			expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
			expect([second?.status?.phase, more]).toEqual(["Running", []]);
			const outcomes = cluster.truth.events.map((event) => (event.kind === "migration ended" ? event.outcome : event.kind));
			expect(outcomes).toEqual(["started", "migration began", "aborted", "migration began"]);
		});
	});

	it("is refused for ever when the VM cannot migrate", async () => {
		const { clock, cluster, nodes } = scene();
		const notMigratable = { reason: "DisksNotLiveMigratable", message: "cannot migrate VMI: PVC disk is not shared" };
		cluster.add.vm({ namespace: "vms", name: "stuck", on: nodes[0], evictionStrategy: "LiveMigrate", notMigratable });
		await clock.run(async () => {
			const answer = said(await evict(cluster, launcher(cluster, "stuck")));
			expect(answer).toBe(`429 ${denied}VMI stuck is configured with an eviction strategy but is not live-migratable`);
			await clock.sleep(60_000);
			expect(vmi(cluster, "stuck")?.status?.evacuationNodeName).toBeUndefined();
		});
	});

	it("of a hotplug volume is refused as long as its VM runs", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "hp", on: nodes[0], evictionStrategy: "None" });
		const { name, uid } = launcher(cluster, "hp").metadata;
		const owner = { apiVersion: "v1", kind: "Pod", name, uid, controller: true };
		const volume = cluster.store.create("pods", {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "hp-volume-1", namespace: "vms", labels: { "kubevirt.io": "hotplug-disk" }, ownerReferences: [owner] },
			spec: { nodeName: nodes[0], containers: [{ name: "hotplug-disk" }], terminationGracePeriodSeconds: 0 },
			status: { phase: "Pending" },
		});
		await clock.run(async () => {
			await cluster.settle();
			expect(said(await evict(cluster, volume))).toBe(
				'429 admission webhook "hotplug-pod-eviction-interceptor.kubevirt.io" denied the request: ' +
					"cannot evict hotplug pod: hp-volume-1 associated with running vmi: hp in namespace vms",
			);
			await evict(cluster, launcher(cluster, "hp"));
			await cluster.settle();
			expect(cluster.store.get("pods", "vms", "hp-volume-1")).toBeUndefined();
		});
	});

	it("only marks a VM of strategy External", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "ext", on: nodes[0], evictionStrategy: "External" });
		await clock.run(async () => {
			expect(said(await evict(cluster, launcher(cluster, "ext")))).toBe(
				`429 ${denied}Eviction triggered evacuation of VMI "vms/ext"`,
			);
			await clock.sleep(60_000);
			expect(vmi(cluster, "ext")?.status?.evacuationNodeName).toBe(nodes[0]);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toEqual([]);
		});
	});
});

describe("KubeVirt's programs", () => {
	it("leave an eviction to a 500 while virt-api is down, and let other pods go", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		const bare = cluster.add.barePod({ namespace: "apps", name: "bare", on: nodes[0] });
		await clock.run(async () => {
			cluster.faults.virtApi("down");
			const answer = said(await evict(cluster, launcher(cluster, "lm")));
			expect(answer).toContain('failed calling webhook "virt-launcher-eviction-interceptor.kubevirt.io"');
			expect(answer.slice(0, 3)).toBe("500");
			expect(said(await evict(cluster, bare))).toBe("201");
		});
	});

	it("do not guard a VM without the webhook: its guest is shut down by the user's eviction", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			cluster.faults.removeWebhooks();
			expect(said(await evict(cluster, launcher(cluster, "lm"), { dryRun: true }))).toBe("201");
			expect(said(await evict(cluster, launcher(cluster, "lm")))).toBe("201");
			await cluster.settle();
			expect(cluster.truth.events.filter(({ kind }) => kind === "ended")).toMatchObject([
				{ cause: "eviction", by: "kubernetes-admin", strategy: "LiveMigrate", owner: "VirtualMachine", runStrategy: "Always" },
			]);
		});
	});

	it("begin the migration when virt-controller is back", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			cluster.faults.program("virt-controller", "down");
			await evict(cluster, launcher(cluster, "lm"));
			await clock.sleep(60_000);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toEqual([]);
			cluster.faults.program("virt-controller", "up");
			await clock.sleep(60_000);
			expect(vmi(cluster, "lm")?.status?.nodeName).not.toBe(nodes[0]);
		});
	});

	it("are those of three versions, and no other is simulated by guess", () => {
		expect(() => scene({ kubevirtVersion: "1.6.2" })).toThrow(
			"cannot simulate KubeVirt 1.6.2: its behaviour is not known here; use one of 1.9.x, 1.7.x, 1.5.x",
		);
	});
});
