import { describe, expect, it } from "@jest/globals";
import type { Fate } from "../../src/domain/fate.ts";
import type { Look } from "../../src/domain/look.ts";
import { afterAssess, afterProof, duringWatch, waitSecondsFor } from "../../src/domain/next-step.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord, VmStory } from "../../src/domain/record.ts";
import {
	aHost,
	aLauncher,
	aLook,
	aMigration,
	aMigrationState,
	aNode,
	aPod,
	aRecord,
	aVm,
	aVmi,
	NOW,
	ours,
	ownedBy,
} from "./builders.ts";

const watching = (look: Partial<Look>, record: Partial<MaintenanceRecord> = {}, now = NOW) =>
	duringWatch(aLook(look), aRecord(record), strictPolicy, now);
const assessed = (look: Partial<Look>, record: Partial<MaintenanceRecord> = {}) =>
	afterAssess(aLook(look), aRecord(record), strictPolicy, NOW);
const lookWithoutNode = (): Look => {
	const { node, ...look } = aLook();
	return look;
};

const liveMigrate = { evictionStrategy: "LiveMigrate" } as const;
const marked = { ...liveMigrate, evacuationNodeName: ours.name };
const refusedUntil = (nextAt: number) => ({ refusals: { "web-uid": { count: 1, nextAt, why: "budget" } } });
const toldToLackRoom = (): VmStory => {
	const fate: Fate = { kind: "blocks", until: "room", why: "no room" };
	return { namespace: "shop", name: "db", uid: "db-vmi", fate };
};

describe("after a survey the maintenance", () => {
	it("cordons the node", () => {
		expect(assessed({})).toEqual({ next: "cordon", why: "the node is known" });
	});

	it("holds when there is no Node", () => {
		expect(afterAssess(lookWithoutNode(), aRecord(), strictPolicy, NOW)).toEqual({ next: "hold", why: "there is no Node" });
	});

	it("holds when the Node is another one", () => {
		expect(assessed({ node: aNode({ uid: "other" }) })).toEqual({ next: "hold", why: "Node node-a is another one now" });
	});

	it("revokes a mark that is not true any more, and leaves a true one", () => {
		expect(assessed({ pods: [aPod()] }, { markedAt: NOW })).toEqual({
			next: "release",
			why: "the mark is not true any more",
		});
		expect(assessed({}, { markedAt: NOW }).next).toBe("cordon");
		expect(assessed({ pods: [aPod()] }).next).toBe("cordon");
	});

	it("cordons a node that it did not know before", () => {
		const { node, ...fresh } = aRecord();

		expect(afterAssess(aLook(), fresh, strictPolicy, NOW).next).toBe("cordon");
		expect(afterAssess(aLook(), { ...fresh, markedAt: NOW }, strictPolicy, NOW).next).toBe("cordon");
	});

	it.each(["released", "gone"] as const)("is over when it is %s", (state) => {
		expect(assessed({}, { state })).toEqual({ next: "done", why: `the record is ${state}` });
	});
});

describe("while it watches the maintenance", () => {
	it("holds when there is no Node, and never takes that for an empty one", () => {
		expect(duringWatch(lookWithoutNode(), aRecord(), strictPolicy, NOW).next).toBe("hold");
	});

	it("holds when the Node is a namesake", () => {
		expect(watching({ node: aNode({ providerId: "aws:///eu-west-1a/i-0000000000000000f" }) }).next).toBe("hold");
	});

	it("begins again when somebody uncordoned the node", () => {
		expect(watching({ node: aNode({ unschedulable: false }) })).toEqual({
			next: "assess",
			why: "somebody uncordoned the node",
		});
	});

	it("surveys and cordons again when this maintenance has not cordoned the node, empty or not", () => {
		const { cordonedAt, ...uncordoned } = aRecord();
		const decided = { next: "assess", why: "this maintenance has not cordoned the node yet" };

		expect(duringWatch(aLook(), uncordoned, strictPolicy, NOW)).toEqual(decided);
		expect(duringWatch(aLook({ pods: [aPod()] }), uncordoned, strictPolicy, NOW)).toEqual(decided);
	});

	it("releases when nothing is left", () => {
		const pods = [aPod({ mirror: true }), aLauncher("db", { phase: "Succeeded" })];

		expect(watching({ pods })).toEqual({ next: "release", why: "nothing is left" });
	});

	it("does not release before the cordon is 30 seconds old", () => {
		expect(watching({}, { cordonedAt: NOW - 10_000 })).toEqual({
			next: "watch",
			why: "nothing is left, but the cordon is too young",
			at: NOW + 20_000,
		});
	});

	it("releases when the cordon is 30 seconds old", () => {
		expect(watching({}, { cordonedAt: NOW - 30_000 }).next).toBe("release");
	});

	it("holds, and says what is left, when nothing that it knows of would move that", () => {
		expect(watching({ vmis: [aVmi("db", liveMigrate)] })).toEqual({
			next: "hold",
			why: "shop/db: The VMI is Running on this node.",
		});
	});

	it("holds when it does not know its node yet", () => {
		const { node, ...fresh } = aRecord();

		expect(duringWatch(aLook(), fresh, strictPolicy, NOW)).toEqual({ next: "hold", why: "the node is not known yet" });
	});

	it("evicts what is due, even while others move", () => {
		const vmis = [aVmi("db", { ...marked, migration: aMigrationState() })];

		expect(watching({ pods: [aPod(), aLauncher("db")], vmis })).toEqual({
			next: "evict",
			why: "1 of its pods can be asked for",
		});
	});

	it.each([
		["a VM migrates away", { pods: [aLauncher("db")], vmis: [aVmi("db", { ...marked, migration: aMigrationState() })] }],
		["a VM is marked", { pods: [aLauncher("db")], vmis: [aVmi("db", marked)] }],
		["a VM is being deleted", { vmis: [aVmi("db", { deleting: true })] }],
		[
			"a VM is starting",
			{ pods: [aLauncher("db")], vmis: [aVmi("db", { ...liveMigrate, phase: "Scheduled", migratable: "unknown" })] },
		],
		["a pod is being deleted", { pods: [aPod({ deleting: true })] }],
		["a launcher has no VMI", { pods: [aLauncher("db")] }],
		["a launcher has ended before its VMI", { pods: [aLauncher("db", { phase: "Failed" })], vmis: [aVmi("db", liveMigrate)] }],
		["a launcher outlives its guest", { pods: [aLauncher("db")], vmis: [aVmi("db", { phase: "Succeeded" })] }],
		[
			"a launcher outlives its migration",
			{ pods: [aLauncher("db")], vmis: [aVmi("db", { nodeName: "node-b", nodeLabel: "node-b" })] },
		],
		["a migration names the node", { migrations: [aMigration("db", { targetNode: ours.name })] }],
	] as const)("watches on while %s", (_, look) => {
		expect(watching(look)).toEqual({ next: "watch", why: "VMs or pods are on their way" });
	});

	it("watches no longer than until a pause ends", () => {
		const look = { pods: [aPod(), aPod({ name: "old", deleting: true })] };

		expect(watching(look, refusedUntil(NOW + 5_000))).toEqual({
			next: "watch",
			why: "VMs or pods are on their way",
			at: NOW + 5_000,
		});
	});

	it("waits for the first of several pauses", () => {
		const refusals = {
			"web-uid": { count: 3, nextAt: NOW + 20_000, why: "budget" },
			"api-uid": { count: 1, nextAt: NOW + 5_000, why: "budget" },
		};

		expect(watching({ pods: [aPod(), aPod({ name: "api" })] }, { refusals }).at).toBe(NOW + 5_000);
	});

	it("waits when only pauses are left", () => {
		expect(watching({ pods: [aPod()] }, refusedUntil(NOW + 5_000))).toEqual({
			next: "wait",
			why: "evictions were refused and pause",
			at: NOW + 5_000,
		});
	});

	it("waits for a node that is silent, and never releases it while a VM is alive", () => {
		const look = { node: aNode({ ready: false }), pods: [aLauncher("db")], vmis: [aVmi("db", marked)] };

		expect(watching(look)).toEqual({ next: "wait", why: "the node is not ready" });
	});

	it("waits for room, and reads the surroundings again after two minutes", () => {
		const look = { pods: [aLauncher("db")], vmis: [aVmi("db", liveMigrate)] };
		const record = { vms: [toldToLackRoom()], surveyedAt: NOW };

		expect(watching(look, record)).toEqual({ next: "wait", why: "no other node has room", at: NOW + 120_000 });
		expect(watching(look, record, NOW + 120_000).why).toBe("there may be room for a VM that lacked it");
	});

	it("pauses before that, since the clock of who surveyed may be minutes behind", () => {
		const look = { pods: [aLauncher("db")], vmis: [aVmi("db", liveMigrate)] };
		const record = { vms: [toldToLackRoom()], surveyedAt: NOW };

		expect(watching(look, record, NOW + 292_000)).toEqual({
			next: "wait",
			why: "there may be room for a VM that lacked it",
			at: NOW + 312_000,
		});
	});

	it("evicts the VM once a survey sees room", () => {
		const look = { pods: [aLauncher("db")], vmis: [aVmi("db", liveMigrate)], surroundings: { nodes: [aHost()], pods: [] } };

		expect(watching(look, { vms: [toldToLackRoom()], surveyedAt: NOW }).next).toBe("evict");
	});

	it.each([
		[
			"another controller has to move a VM",
			{ vmis: [aVmi("db", { ...marked, evictionStrategy: "External" })], pods: [aLauncher("db")] },
		],
		[
			"migrations of a VM have failed three times",
			{
				vmis: [aVmi("db", marked)],
				pods: [aLauncher("db")],
				migrations: [1, 2, 3].map((n) => aMigration("db", { uid: `m${n}`, phase: "Failed" })),
			},
		],
	] as const)("waits while %s", (_, look) => {
		expect(watching(look)).toEqual({
			next: "wait",
			why: "VMs are marked, and it is KubeVirt's or their controller's turn",
		});
	});

	it("waits, and watches no more, when a launcher has outlived its migration for a minute", () => {
		const fate: Fate = { kind: "migrates", by: "kubevirt", why: "eviction strategy LiveMigrate" };
		const story = { ...toldToLackRoom(), fate, outcome: { kind: "migrated", to: "node-b" } } as const;
		const look = { pods: [aLauncher("db")], vmis: [aVmi("db", { nodeName: "node-b", nodeLabel: "node-b" })] };

		expect(watching(look, { vms: [{ ...story, outcomeAt: NOW - 60_000 }] }).next).toBe("watch");
		expect(watching(look, { vms: [{ ...story, outcomeAt: NOW - 60_001 }] }).next).toBe("wait");
	});

	it("drains the rest first, then holds for what an operator must decide", () => {
		const vmis = [
			aVmi("stuck", { ...liveMigrate, migratable: "no", notMigratableBecause: "DisksNotLiveMigratable" }),
			aVmi("manual", { owner: ownedBy("VirtualMachine", "manual") }),
		];
		const launchers = [aLauncher("stuck"), aLauncher("manual")];
		const vms = [aVm("manual", "Manual")];

		expect(watching({ vmis, vms, pods: [...launchers, aPod()] }).next).toBe("evict");
		expect(watching({ vmis, vms, pods: launchers })).toEqual({
			next: "hold",
			why: "shop/stuck: eviction strategy LiveMigrate, but it cannot migrate: DisksNotLiveMigratable; shop/manual: its VirtualMachine has run strategy Manual",
		});
	});

	it("holds for what nobody can explain only when nothing has changed for a minute", () => {
		const look = { vmis: [aVmi("db", liveMigrate)] };
		const leftSince = (changedAt: number) => ({ left: { vms: 1, pods: 0, changedAt } });

		expect(watching(look, leftSince(NOW - 59_999))).toEqual({
			next: "watch",
			why: "what is left has just changed",
			at: NOW + 1,
		});
		expect(watching(look, leftSince(NOW - 60_000))).toEqual({
			next: "hold",
			why: "shop/db: The VMI is Running on this node.",
		});
	});

	it("waits for those that move VMs before it holds for an operator", () => {
		const external = aVmi("db", { ...marked, evictionStrategy: "External" });
		const stuck = aVmi("stuck", { ...liveMigrate, migratable: "no" });
		const look = { vmis: [external, stuck], pods: [aLauncher("db"), aLauncher("stuck")] };

		expect(watching(look).next).toBe("wait");
	});

	it("holds for a VM that is marked and would end all the same, and names no other", () => {
		const manual = aVmi("manual", { evacuationNodeName: ours.name });
		const look = { vmis: [manual, aVmi("db", liveMigrate)], vms: [aVm("manual", "Manual")], pods: [aLauncher("manual")] };

		expect(watching(look)).toEqual({
			next: "hold",
			why: "shop/manual: its VirtualMachine has run strategy Manual",
		});
	});

	it("goes on with what a request allows to end", () => {
		const look = { vmis: [aVmi("db")], vms: [aVm("db", "Manual")], pods: [aLauncher("db")] };

		expect(watching(look, { mayEnd: ["shop/db"] }).next).toBe("evict");
	});

	it("is over when another one released it", () => {
		expect(watching({ vmis: [aVmi("db")] }, { state: "released" }).next).toBe("done");
	});
});

describe("after a proof the maintenance", () => {
	const finding = { about: "node-a", says: "Something is." };

	it("is done when it is safe", () => {
		expect(afterProof({ safe: true }, NOW, NOW)).toEqual({ next: "done", why: "nothing is left" });
	});

	it("waits a moment when only time is missing", () => {
		expect(afterProof({ safe: false, because: [{ rule: "S7", ...finding }] }, NOW, NOW)).toEqual({
			next: "wait",
			why: "node-a: Something is.",
			at: NOW + 10_000,
		});
	});

	it("waits a quarter of the time since the cordon when only time is missing, but for ten seconds to two minutes", () => {
		const seconds = (sinceCordon: number): number => {
			const { at = NOW } = afterProof({ safe: false, because: [{ rule: "S7", ...finding }] }, NOW, NOW - sinceCordon * 1_000);
			return (at - NOW) / 1_000;
		};

		expect([40, 44, 300, 480, 1_500].map(seconds)).toEqual([10, 11, 75, 120, 120]);
	});

	it("watches what else was found", () => {
		const because = [{ rule: "S7", ...finding } as const, { rule: "S3", ...finding } as const];

		expect(afterProof({ safe: false, because }, NOW, NOW)).toEqual({
			next: "watch",
			why: "node-a: Something is. node-a: Something is.",
		});
	});
});

describe("a wait", () => {
	it("lasts until the instant that matters, at least a second, and no longer than the hook allows", () => {
		const seconds = (at?: number) =>
			waitSecondsFor({ next: "wait", why: "", ...(at === undefined ? {} : { at }) }, aRecord(), NOW);

		expect([seconds(), seconds(NOW + 4_500), seconds(NOW - 1), seconds(NOW + 9_999_000)]).toEqual([300, 5, 1, 300]);
	});
});
