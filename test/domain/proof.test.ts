import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { proofRules, prove, proveTwice, whatIsLeft } from "../../src/domain/proof.ts";
import {
	aLauncher,
	aLook,
	aMigration,
	aMigrationState,
	aNode,
	anEmptyLook,
	aPod,
	aVmi,
	CORDONED,
	NOW,
	ours,
	ownedBy,
} from "./builders.ts";

const basis = { node: ours, cordonedAt: CORDONED };
const findings = (some: Partial<Look>) => {
	const proof = prove(anEmptyLook(some), basis);
	return proof.safe ? [] : proof.because;
};
const rulesAgainst = (some: Partial<Look>) => [...new Set(findings(some).map(({ rule }) => rule))];

describe("the proof", () => {
	it("holds for a cordoned node of ours on which nothing is left", () => {
		expect(prove(anEmptyLook(), basis)).toEqual({ safe: true });
	});

	it("has its rules in order", () => {
		expect(proofRules.map(({ name }) => name)).toEqual(["S1", "S2", "S3", "S4", "S5", "S7"]);
	});
});

describe("S1", () => {
	it("finds a Node that is gone", () => {
		const { node, ...look } = anEmptyLook();

		expect(prove(look, basis)).toEqual({
			safe: false,
			because: [{ rule: "S1", about: "node-a", says: "There is no Node of this name: what it ran cannot be seen." }],
		});
	});

	it("finds a namesake", () => {
		expect(findings({ node: aNode({ uid: "another" }) })).toEqual([
			{
				rule: "S1",
				about: "node-a",
				says: "The Node is another one now (uid another, provider id aws:///eu-west-1a/i-0123456789abcdef0).",
			},
		]);
	});

	it("finds that the node is not cordoned", () => {
		expect(findings({ node: aNode({ unschedulable: false }) })).toEqual([
			{ rule: "S1", about: "node-a", says: "The Node is not cordoned." },
		]);
	});
});

describe("S2", () => {
	const daemon = ownedBy("DaemonSet", "agent", "apps/v1");
	const volume = (launcher: string) => aPod({ name: "hp-volume-1", role: "hotplug", owner: ownedBy("Pod", launcher, "v1") });

	it.each([
		["a running pod", aPod()],
		["a pending pod", aPod({ phase: "Pending" })],
		["a pod of a phase that nobody knows", aPod({ phase: "Unknown" })],
		["a pod that is being deleted", aPod({ deleting: true })],
		["a bare pod", aPod()],
		["an infrastructure pod", aPod({ role: "infrastructure", owner: ownedBy("ReplicaSet", "virt-api", "apps/v1") })],
		["a launcher without a VMI", aLauncher("db")],
		["a pod of a DaemonSet that is not of apps/v1", aPod({ owner: ownedBy("DaemonSet", "agent", "apps.kruise.io/v1beta1") })],
	])("finds %s", (_, pod) => {
		expect(rulesAgainst({ pods: [pod] })).toEqual(["S2"]);
	});

	it.each([
		["a pod that has succeeded", aPod({ phase: "Succeeded" })],
		["a pod that has failed", aPod({ phase: "Failed" })],
		["the completed launcher of a migration", aLauncher("db", { phase: "Succeeded" })],
		["a pod of a DaemonSet", aPod({ owner: daemon })],
		["virt-handler", aPod({ role: "infrastructure", owner: daemon })],
		["a mirror pod", aPod({ mirror: true })],
		["a volume whose launcher is gone", volume("virt-launcher-db")],
	])("does not count %s", (_, pod) => {
		expect(findings({ pods: [pod] })).toEqual([]);
	});

	it("counts a volume with its launcher", () => {
		const launcher = aLauncher("db");
		const volumeOfDb = aPod({
			name: "hp-volume-1",
			role: "hotplug",
			owner: { ...ownedBy("Pod", launcher.name, "v1"), uid: launcher.uid },
		});

		expect(findings({ pods: [launcher, volumeOfDb] })).toEqual([
			{ rule: "S2", about: "shop/virt-launcher-db", says: "The launcher is Running, and there is no VMI for it." },
			{ rule: "S2", about: "shop/hp-volume-1", says: "The pod is Running." },
		]);
	});

	it("names a launcher whose VMI runs elsewhere as a leftover, and counts it", () => {
		const vmi = aVmi("db", {
			nodeName: "node-b",
			nodeLabel: "node-b",
			migration: aMigrationState({ ended: true, completed: true }),
		});

		expect(findings({ pods: [aLauncher("db")], vmis: [vmi] })).toEqual([
			{
				rule: "S2",
				about: "shop/virt-launcher-db",
				says: "The launcher is Running, a leftover: its VMI db runs on node-b.",
			},
		]);
	});
});

describe("S3", () => {
	it("finds a VMI by its status", () => {
		const { nodeLabel, ...vmi } = aVmi("db");

		expect(findings({ vmis: [vmi] })).toEqual([{ rule: "S3", about: "shop/db", says: "The VMI is Running on this node." }]);
	});

	it("finds a VMI by its label alone", () => {
		const { nodeName, ...vmi } = aVmi("db", { phase: "Scheduled" });

		expect(findings({ vmis: [vmi] })).toEqual([{ rule: "S3", about: "shop/db", says: "The VMI is Scheduled on this node." }]);
	});

	it("does not count VMIs that are final or elsewhere", () => {
		const vmis = [aVmi("db", { phase: "Failed" }), aVmi("web", { nodeName: "node-b", nodeLabel: "node-b" })];

		expect(findings({ vmis })).toEqual([]);
	});
});

describe("S4", () => {
	const elsewhere = { nodeName: "node-b", nodeLabel: "node-b" };

	it("finds a migration that comes in", () => {
		const vmi = aVmi("db", { ...elsewhere, migration: aMigrationState({ sourceNode: "node-b", targetNode: "node-a" }) });

		expect(findings({ vmis: [vmi] })).toEqual([
			{ rule: "S4", about: "shop/db", says: "The VMI is migrating from node-b to node-a." },
		]);
	});

	it("finds a migration that has a target and has not started", () => {
		const migration = aMigrationState({ sourceNode: "node-b", targetNode: "node-a", started: false });

		expect(rulesAgainst({ vmis: [aVmi("db", { ...elsewhere, migration })] })).toEqual(["S4"]);
	});

	it.each([
		["has ended", { ended: true }],
		["has failed", { failed: true, completed: true }],
		["is completed", { completed: true }],
		["goes between other nodes", { sourceNode: "node-b", targetNode: "node-c" }],
	])("does not count a migration that %s", (_, some) => {
		expect(findings({ vmis: [aVmi("db", { ...elsewhere, migration: aMigrationState(some) })] })).toEqual([]);
	});
});

describe("S5", () => {
	const elsewhere = { nodeName: "node-b", nodeLabel: "node-b" };

	it("finds a running migration from this node whose VMI has arrived elsewhere", () => {
		const vmi = aVmi("db", { ...elsewhere, migration: aMigrationState({ ended: true, completed: true }) });

		expect(findings({ vmis: [vmi], migrations: [aMigration("db")] })).toEqual([
			{ rule: "S5", about: "shop/move", says: "The migration of db is Running and has to do with this node." },
		]);
	});

	it("finds a migration that names this node itself", () => {
		expect(rulesAgainst({ migrations: [aMigration("db", { phase: "TargetReady", targetNode: "node-a" })] })).toEqual(["S5"]);
	});

	it("finds an evacuation of this node whose VMI cannot be found", () => {
		expect(rulesAgainst({ migrations: [aMigration("db", { phase: "Scheduling", evacuates: "node-a" })] })).toEqual(["S5"]);
	});

	it("finds a migration of a VMI that is here", () => {
		expect(rulesAgainst({ vmis: [aVmi("db")], migrations: [aMigration("db", { phase: "Scheduling" })] })).toEqual(["S3", "S5"]);
	});

	it("finds a migration whose target pod is here", () => {
		const pods = [aLauncher("db", { migrationUid: "move-uid", phase: "Pending" })];
		const migrations = [aMigration("db", { phase: "Scheduling" })];

		expect(rulesAgainst({ pods, vmis: [aVmi("db", elsewhere)], migrations })).toEqual(["S2", "S5"]);
	});

	it.each(["Unset", "Pending", "Succeeded", "Failed"] as const)("does not count a migration that is %s", (phase) => {
		expect(findings({ migrations: [aMigration("db", { phase, sourceNode: "node-a" })] })).toEqual([]);
	});

	it("does not count a migration of a VMI that runs elsewhere and goes on to a third node", () => {
		const migration = aMigrationState({ sourceNode: "node-b", targetNode: "node-c" });
		const vmi = aVmi("db", { ...elsewhere, migration });

		expect(findings({ vmis: [vmi], migrations: [aMigration("db", { evacuates: "node-b" })] })).toEqual([]);
	});
});

describe("S6", () => {
	const first = anEmptyLook();
	const second = anEmptyLook({ began: NOW + 1_000 });

	it("holds for two safe looks a second apart", () => {
		expect(proveTwice(first, second, basis)).toEqual({ safe: true });
	});

	it("finds that the looks are too near", () => {
		expect(proveTwice(first, anEmptyLook({ began: NOW + 999 }), basis)).toEqual({
			safe: false,
			because: [{ rule: "S6", about: "node-a", says: "The two looks are less than 1000 ms apart." }],
		});
	});

	it("finds what only the first look saw", () => {
		expect(proveTwice(anEmptyLook({ pods: [aPod()] }), second, basis)).toEqual({
			safe: false,
			because: [{ rule: "S2", about: "shop/web", says: "The pod is Running." }],
		});
	});

	it("finds what only the second look saw", () => {
		expect(proveTwice(first, { ...second, vmis: [aVmi("db")] }, basis)).toEqual({
			safe: false,
			because: [{ rule: "S3", about: "shop/db", says: "The VMI is Running on this node." }],
		});
	});
});

describe("S7", () => {
	const waiting = (some = {}) => {
		const { nodeName, ...pod } = aLauncher("db", { phase: "Pending", ...some });
		return pod;
	};

	it("finds a cordon that is too young", () => {
		expect(prove(anEmptyLook({ began: CORDONED + 29_999 }), basis)).toEqual({
			safe: false,
			because: [{ rule: "S7", about: "node-a", says: "The Node has been cordoned for less than 30 seconds." }],
		});
	});

	it("finds that nobody knows when it was cordoned", () => {
		expect(prove(anEmptyLook(), { node: ours })).toEqual({
			safe: false,
			because: [{ rule: "S7", about: "node-a", says: "It is not known since when the Node is cordoned." }],
		});
	});

	it("finds that the look is not of scope proof", () => {
		expect(prove(aLook(), basis)).toEqual({
			safe: false,
			because: [{ rule: "S7", about: "node-a", says: "The look did not read the launchers that have no node yet." }],
		});
	});

	it("finds an unbound launcher older than the cordon", () => {
		expect(findings({ unboundLaunchers: [waiting()] })).toEqual([
			{
				rule: "S7",
				about: "shop/virt-launcher-db",
				says: "The launcher is older than the cordon and may still be bound to this node.",
			},
		]);
	});

	it("finds one that the scheduler refused before the cordon only", () => {
		expect(rulesAgainst({ unboundLaunchers: [waiting({ refusedBySchedulerAt: CORDONED - 1 })] })).toEqual(["S7"]);
	});

	it("goes by our clock where the cluster does not say when it was cordoned", () => {
		const { cordonedSince, ...node } = aNode();

		expect(rulesAgainst({ node, unboundLaunchers: [waiting()] })).toEqual(["S7"]);
		expect(rulesAgainst({ node, unboundLaunchers: [waiting({ createdAt: CORDONED + 1 })] })).toEqual([]);
	});

	it.each([
		["refused since", { refusedBySchedulerAt: CORDONED + 1 }],
		["created after the cordon", { createdAt: CORDONED + 1 }],
		["that asks for other nodes", { nodeSelector: { zone: "b" } }],
	])("does not count one %s", (_, some) => {
		expect(findings({ unboundLaunchers: [waiting(some)] })).toEqual([]);
	});
});

describe("what is left", () => {
	it("is told by a look of any scope, without S7", () => {
		expect(whatIsLeft(aLook({ pods: [aPod()] }), { node: ours })).toEqual([
			{ rule: "S2", about: "shop/web", says: "The pod is Running." },
		]);
	});
});
