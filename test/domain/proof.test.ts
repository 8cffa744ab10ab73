import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { proofRules, prove } from "../../src/domain/proof.ts";
import {
	aLauncher,
	aMigrationState,
	aNode,
	anEmptyLook,
	aPod,
	aVmi,
	CORDONED,
	ours,
	ownedBy,
	toleratesCordon,
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

	it("counts a launcher with its VMI, also one that came after the cordon and would stay as any other pod", () => {
		const launcher = aLauncher("db", { tolerations: toleratesCordon, createdAt: CORDONED + 1 });

		expect(findings({ pods: [launcher], vmis: [aVmi("db")] })).toEqual([
			{ rule: "S2", about: "shop/virt-launcher-db", says: "The launcher of VMI db is Running." },
			{ rule: "S3", about: "shop/db", says: "The VMI is Running on this node." },
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

	it("finds a migration of which one end is not known", () => {
		const { sourceNode, ...incoming } = aMigrationState({ targetNode: "node-a" });
		const { targetNode, ...outgoing } = aMigrationState();
		const vmis = [aVmi("db", { ...elsewhere, migration: incoming }), aVmi("web", { ...elsewhere, migration: outgoing })];

		expect(findings({ vmis })).toEqual([
			{ rule: "S4", about: "shop/db", says: "The VMI is migrating from ? to node-a." },
			{ rule: "S4", about: "shop/web", says: "The VMI is migrating from node-a to ?." },
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
