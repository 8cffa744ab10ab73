import { describe, expect, it } from "@jest/globals";
import { conditionOf } from "../../../src/local/cluster/controllers/conditions.ts";
import type { Change } from "../../../src/local/cluster/store.ts";
import { textAt } from "../../../src/local/cluster/store-object.ts";
import { cordon, evict, launcher, record, said, scene, vmi } from "./drained-cluster.ts";

const denied = 'admission webhook "virt-launcher-eviction-interceptor.kubevirt.io" denied the request: ';

/** One clause for each write that an evacuation is known by. */
function clause({ type, resource, object, previous }: Change): readonly string[] {
	const at = (...path: string[]) => textAt(object, "status", ...path);
	const was = (...path: string[]) => (previous === undefined ? undefined : textAt(previous, "status", ...path));
	const clauses: string[] = [];
	if (resource === "virtualmachineinstancemigrations") {
		if (type === "ADDED") clauses.push("VMIM created");
		else if (at("phase") !== was("phase")) clauses.push(`VMIM ${at("phase")}`);
		if (type === "MODIFIED" && object.metadata.finalizers === undefined && previous?.metadata.finalizers !== undefined)
			clauses.push("VMIM without finalizer");
	}
	if (resource === "virtualmachineinstances") {
		if (at("evacuationNodeName") !== was("evacuationNodeName") && was("evacuationNodeName") === undefined)
			clauses.push("VMI marked");
		const requested = conditionOf(object, "EvictionRequested") !== undefined;
		const before = previous !== undefined && conditionOf(previous, "EvictionRequested") !== undefined;
		if (requested !== before) clauses.push(requested ? "VMI EvictionRequested" : "VMI no longer EvictionRequested");
		for (const field of ["targetNode", "targetNodeAddress", "startTimestamp", "endTimestamp"]) {
			if (at("migrationState", field) !== was("migrationState", field)) clauses.push(`VMI ${field}`);
		}
		if (at("nodeName") !== was("nodeName")) {
			const unmarked = at("evacuationNodeName") === undefined && was("evacuationNodeName") !== undefined;
			clauses.push(unmarked ? "VMI moved and unmarked" : "VMI moved");
		}
		const completed = (state: unknown) => (state as { completed?: boolean } | undefined)?.completed;
		if (completed(object.status?.migrationState) !== completed(previous?.status?.migrationState)) clauses.push("VMI completed");
		const target = "kubevirt.io/migrationTargetNodeName";
		const [now, then] = [object.metadata.labels?.[target], previous?.metadata.labels?.[target]];
		if (now !== then && now === undefined) clauses.push("VMI without target label");
	}
	if (resource === "pods") {
		const [role, phase] = [
			object.metadata.labels?.["kubevirt.io/migrationJobUID"] === undefined ? "source" : "target",
			at("phase"),
		];
		if (type === "ADDED") clauses.push(`${role} pod created`);
		else if (phase !== was("phase")) clauses.push(`${role} pod ${phase}`);
		else if (textAt(object, "spec", "nodeName") !== textAt(previous, "spec", "nodeName")) clauses.push(`${role} pod bound`);
	}
	return clauses;
}

describe("an eviction of a VM", () => {
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
			expect(changes.filter(({ resource }) => resource !== "events").flatMap(clause)).toEqual([
				"VMI marked",
				"VMI EvictionRequested",
				"VMIM created",
				"VMIM Pending",
				"target pod created",
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
				"VMI endTimestamp",
				"VMI moved and unmarked",
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
	});

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
		expect((await trace()) === (await trace())).toBe(true);
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

	it("are those of 1.9, and no other version is simulated by guess", () => {
		expect(() => scene({ kubevirtVersion: "1.6.2" })).toThrow(
			"cannot simulate KubeVirt 1.6.2: its behaviour is not known here; use one of 1.9.x",
		);
	});
});
