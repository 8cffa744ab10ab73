import { describe, expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill, leave, type Stage } from "../drill.ts";
import { leaveFor, leaveWhile, takenAfter } from "./ways-to-leave.ts";
import { endOf, noticesOf, open, released, storiesOf, troublesIn, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

const namespace = "shop";
const evictionStrategy = "LiveMigrate" as const;
const prefers = (node: string) => ({
	affinity: {
		nodeAffinity: {
			preferredDuringSchedulingIgnoredDuringExecution: [
				{ weight: 100, preference: { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] } },
			],
		},
	},
});

describe("a VM that tolerates the cordon", () => {
	const tolerations = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }];

	it("is not shut down to come back to the same node, but migrates as any other", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				cluster.add.vm({ namespace, name: "restarts", on, spec: { tolerations } });
				cluster.add.vm({ namespace, name: "migrates", on, spec: { tolerations }, evictionStrategy });
			},
			play: leaveFor(1800),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ restarts: "", migrates: "moved" });
		expect(storiesOf(outcome.record)).toEqual({ restarts: "blocks: on its way", migrates: "migrates: migrated" });
		expect(troublesIn(outcome.record)).toEqual(["vm-blocks shop/restarts"]);
		expect(noticesOf(outcome)).toEqual(["vm-blocks"]);
		expect(endOf(outcome)).toEqual(open);
	});
});

describe("a VM that no other node can host", () => {
	const big = { namespace, memory: "40Gi" };
	const everyOtherNodeIsFull = (cluster: SimulatedCluster, others: readonly string[]) => {
		for (const [index, on] of others.entries()) cluster.add.vm({ ...big, name: `other-${index}`, on });
	};

	it.each([
		["migrates", evictionStrategy, "moved"],
		["is shut down", "None" as const, "ended by evacuator-evict, started elsewhere"],
	])("stays, and %s within minutes when a node is added", async (_, strategy, became) => {
		const outcome = await drill({
			seed: (cluster, on, others) => {
				cluster.add.vm({ ...big, name: "big", on, evictionStrategy: strategy });
				everyOtherNodeIsFull(cluster, others);
			},
			play: leaveWhile(3000, ({ cluster }) => {
				expect(truthOf(cluster)).toMatchObject({ big: "" });
				cluster.add.node();
			}),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ big: became, "other-0": "", "other-1": "", "other-2": "" });
		expect(noticesOf(outcome)).toEqual(["no-room"]);
		expect(endOf(outcome)).toEqual(released);
		expect(takenAfter(outcome.stage)).toBeLessThan(3000 + 600);
	});
});

describe("a VMI that is still starting", () => {
	it("is left in peace until KubeVirt knows whether it can migrate, unless its strategy is to be shut down", async () => {
		const outcome = await drill({
			seed: (cluster, node) => {
				const slow = { namespace, startSeconds: 90, migrationSeconds: 10, spec: prefers(node) };
				cluster.add.vm({ ...slow, name: "migrates", evictionStrategy });
				cluster.add.vm({ ...slow, name: "if-possible", evictionStrategy: "LiveMigrateIfPossible" });
				cluster.add.vm({ ...slow, name: "none" });
			},
			play: async (stage) => {
				await stage.clock.sleep(5_000);
				await leave(stage);
			},
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({
			migrates: "started here, moved",
			"if-possible": "started here, moved",
			none: "started elsewhere",
		});
		expect(storiesOf(outcome.record)).toEqual({
			migrates: "migrates: migrated",
			"if-possible": "migrates: migrated",
			none: "restarts elsewhere: restarted",
		});
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("a migration that comes in while the node is drained", () => {
	it("arrives first, and then the VM migrates again", async () => {
		const outcome = await drill({
			seed: (cluster, node, [other = ""]) =>
				void cluster.add.vm({ namespace, name: "guest", on: other, evictionStrategy, migrationSeconds: 60, spec: prefers(node) }),
			play: async (stage) => {
				await migrate(stage, "guest");
				await stage.clock.sleep(10_000);
				await leave(stage);
			},
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ guest: "came, moved" });
		expect(storiesOf(outcome.record)).toEqual({ guest: "migrates: migrated" });
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("a VM that is ended by others while it migrates", () => {
	const slow = { namespace, evictionStrategy, migrationSeconds: 300 };

	it("counts as stopped when a user stops or deletes it, and the drain goes on", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				for (const name of ["halted", "deleted", "kept"]) cluster.add.vm({ ...slow, name, on });
			},
			play: leaveWhile(60, async ({ cluster }) => {
				const vms = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachines`;
				await cluster.kubectl("PATCH", `${vms}/halted`, { spec: { runStrategy: "Halted" } });
				await cluster.kubectl("DELETE", `${vms}/deleted`);
			}),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({
			halted: "ended by kubernetes-admin",
			deleted: "ended by kubernetes-admin",
			kept: "moved",
		});
		expect(storiesOf(outcome.record)).toEqual({
			halted: "migrates: stopped",
			deleted: "migrates: stopped",
			kept: "migrates: migrated",
		});
		expect(endOf(outcome)).toEqual(released);
	});

	it("counts as restarted when its guest crashes and its VirtualMachine starts it again", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				for (const name of ["crashes", "kept"]) cluster.add.vm({ ...slow, name, on });
				cluster.add.vmi({ ...slow, name: "bare", on });
			},
			play: leaveWhile(60, ({ cluster }) => {
				cluster.faults.crash(namespace, "crashes");
				cluster.faults.crash(namespace, "bare");
			}),
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({
			crashes: "ended by crash, started elsewhere",
			bare: "ended by crash",
			kept: "moved",
		});
		expect(storiesOf(outcome.record)).toEqual({
			crashes: "migrates: restarted",
			bare: "migrates: stopped",
			kept: "migrates: migrated",
		});
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("a migration that is not like the others", () => {
	const drained = async (knobs: Parameters<SimulatedCluster["add"]["vm"]>[0]) => {
		const outcome = await drill({ seed: (cluster, on) => void cluster.add.vm({ ...knobs, on, evictionStrategy }) });
		const { stage, record } = outcome;
		expect(endOf(outcome)).toEqual(released);
		expect(storiesOf(record)).toEqual({ vm: "migrates: migrated" });
		expect(troublesIn(record)).toEqual([]);
		return { truth: truthOf(stage.cluster), notices: noticesOf(outcome), seconds: takenAfter(stage) ?? Number.NaN };
	};
	const vm = { namespace, name: "vm" };

	it("fails twice: nobody is told, and the VM moves in the end", async () => {
		const { truth, notices } = await drained({ ...vm, migrationFailures: 2 });
		expect({ truth, notices }).toEqual({ truth: { vm: "moved" }, notices: [] });
	});

	it("fails four times: a human is told once, and the VM moves in the end", async () => {
		const { truth, notices } = await drained({ ...vm, migrationFailures: 4 });
		expect({ truth, notices }).toEqual({ truth: { vm: "moved" }, notices: ["migration-failing"] });
	});

	it("ends in post-copy: the node is not released before the last page has gone", async () => {
		const { truth, notices, seconds } = await drained({ ...vm, postCopy: true, migrationSeconds: 200 });
		expect({ truth, notices }).toEqual({ truth: { vm: "moved" }, notices: [] });
		expect(seconds).toBeGreaterThan(200);
	});

	it("leaves a launcher that lingers for five minutes: a human is told, and the node is released when it has ended", async () => {
		const { truth, notices, seconds } = await drained({ ...vm, sourceLingersSeconds: 300 });
		expect({ truth, notices }).toEqual({ truth: { vm: "moved" }, notices: ["eviction-refused"] });
		expect(seconds).toBeGreaterThan(330);
	});

	it("leaves a migration object that stays Running: the node is released when it is final", async () => {
		const { truth, notices, seconds } = await drained({ ...vm, migrationObjectLagSeconds: 120 });
		expect({ truth, notices }).toEqual({ truth: { vm: "moved" }, notices: [] });
		expect(seconds).toBeGreaterThan(150);
	});
});

describe("a guest that does not hear the power button", () => {
	it("is waited for as long as its grace is, by a hook of 300 s", async () => {
		const outcome = await drill({
			seed: (cluster, on) =>
				void cluster.add.vm({ namespace, name: "deaf", on, ignoresAcpi: true, terminationGracePeriodSeconds: 1800 }),
			hooks: [{ name: "evacuator", heartbeatTimeoutSeconds: 300, defaultResult: "ABANDON", tells: ["eventbridge"] }],
		});
		expect(truthOf(outcome.stage.cluster)).toEqual({ deaf: "ended by evacuator-evict, started elsewhere" });
		expect(endOf(outcome)).toEqual(released);
		expect(takenAfter(outcome.stage)).toBeGreaterThan(1800);
		expect(takenAfter(outcome.stage)).toBeLessThan(1840);
	});
});

async function migrate({ cluster }: Stage, vmiName: string): Promise<void> {
	const migration = {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceMigration",
		metadata: { name: "by-hand" },
		spec: { vmiName },
	};
	const path = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstancemigrations`;
	expect((await cluster.kubectl("POST", path, migration)).code).toBe(201);
}
