import { describe, expect, it } from "@jest/globals";
import { cordon, evict, launcher, record, said, scene, vmi } from "./drained-cluster.ts";
import { writesOf } from "./evacuation-writes.ts";

const denied = 'admission webhook "virt-launcher-eviction-interceptor.kubevirt.io" denied the request: ';

describe("an evacuation", () => {
	it("moves it in the recorded order of writes", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate", migrationSeconds: 8 });
		await clock.run(async () => {
			await cluster.settle();
			const uid = vmi(cluster, "lm")?.metadata.uid;
			const changes = record(cluster);
			await cordon(cluster, nodes[0]);
			expect(said(await evict(cluster, launcher(cluster, "lm")))).toBe(
				`429 ${denied}Eviction triggered evacuation of VMI "vms/lm"`,
			);
			await cluster.settle();
			expect(writesOf(changes)).toEqual([
				"VMI marked",
				"EvictionRequested",
				"VMIM created",
				"VMIM Pending",
				"target pod Pending",
				"VMIM Scheduling",
				"target pod bound",
				"target pod Running",
				"VMIM Scheduled",
				"VMI targetNode",
				"VMIM PreparingTarget",
				"VMI targetNodeAddress",
				"VMIM TargetReady",
				"VMI startTimestamp",
				"VMIM Running",
				"VMI unmarked",
				"VMI endTimestamp",
				`VMI on ${vmi(cluster, "lm")?.status?.nodeName}`,
				"VMI completed",
				"VMIM Succeeded",
				"VMI without target label",
				"VMI no longer EvictionRequested",
				"VMIM without finalizer",
				"source pod Succeeded",
			]);
			expect(vmi(cluster, "lm")?.metadata.uid).toBe(uid);
			expect(said(await evict(cluster, launcher(cluster, "lm", nodes[0])))).toBe("201");
			expect(cluster.truth.events.map(({ kind }) => kind)).toEqual(["started", "migration began", "moved", "migration ended"]);
		});
	});

	it("takes about 318 seconds for 20 VMs of 30 seconds, two at a time", async () => {
		const { clock, cluster, nodes, seconds } = scene();
		for (let number = 0; number < 20; number++) {
			cluster.add.vm({ namespace: "vms", name: `lm${number}`, on: nodes[0], evictionStrategy: "LiveMigrate" });
		}
		let most = 0;
		cluster.truth.subscribe(() => {
			most = Math.max(most, cluster.truth.migrations().length);
		});
		await clock.run(async () => {
			await cordon(cluster, nodes[0]);
			for (const pod of cluster.store.podsOn(nodes[0]))
				if (pod.metadata.name.startsWith("virt-launcher")) await evict(cluster, pod);
			while (cluster.truth.guests().some(({ instanceId }) => instanceId.endsWith("01"))) await clock.sleep(100);
			expect([Math.round(seconds()), most]).toEqual([317, 2]);
		});
	}, 60_000);

	it("is repeated with a growing pause as long as the migration fails", async () => {
		const { clock, cluster, nodes } = scene();
		const knobs = { migrationSeconds: 2, migrationFailures: 2 };
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate", ...knobs });
		await clock.run(async () => {
			const started: number[] = [];
			cluster.truth.subscribe(({ kind, at }) => {
				if (kind === "migration began") started.push(Math.round(at / 1000));
			});
			await evict(cluster, launcher(cluster, "lm"));
			await clock.sleep(90_000);
			const pauses = started.slice(1).map((at, index) => at - (started[index] ?? 0));
			expect(pauses).toEqual([21, 42]);
			expect(cluster.store.list("virtualmachineinstancemigrations").map((vmim) => vmim.status?.phase)).toEqual([
				"Failed",
				"Failed",
				"Succeeded",
			]);
		});
	});

	it("can leave the migration object Running after everything else has ended", async () => {
		const { clock, cluster, nodes } = scene();
		const lags = { migrationSeconds: 5, migrationObjectLagSeconds: 30 };
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate", ...lags });
		await clock.run(async () => {
			await evict(cluster, launcher(cluster, "lm"));
			await clock.sleep(20_000);
			const phases = () => cluster.store.list("virtualmachineinstancemigrations").map((vmim) => vmim.status?.phase);
			expect([launcher(cluster, "lm", nodes[0]).status?.phase, phases()]).toEqual(["Succeeded", ["Running"]]);
			await clock.sleep(20_000);
			expect(phases()).toEqual(["Succeeded"]);
		});
	});

	it("moves the VMs of a node with the old drain taint, without any eviction", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		await clock.run(async () => {
			const taints = [{ key: "kubevirt.io/drain", effect: "NoSchedule" }];
			await cluster.kubectl("PATCH", `/api/v1/nodes/${nodes[0]}`, { spec: { taints } });
			await clock.sleep(40_000);
			expect(vmi(cluster, "lm")?.status?.nodeName).not.toBe(nodes[0]);
		});
	});

	it("gives the same writes every time", async () => {
		const trace = async () => {
			const { clock, cluster, nodes } = scene();
			for (const name of ["one", "two", "three"]) {
				cluster.add.vm({ namespace: "vms", name, on: nodes[0], evictionStrategy: "LiveMigrate" });
			}
			cluster.add.vm({ namespace: "vms", name: "none", on: nodes[0] });
			const changes = record(cluster);
			await clock.run(async () => {
				await cordon(cluster, nodes[0]);
				for (const name of ["one", "two", "three", "none"]) await evict(cluster, launcher(cluster, name));
				await clock.sleep(120_000);
			});
			return JSON.stringify(changes);
		};
		const first = await trace();
		expect(first === (await trace())).toBe(true);
	});
});
