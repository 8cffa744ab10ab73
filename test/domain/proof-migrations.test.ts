import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { prove } from "../../src/domain/proof.ts";
import { aLauncher, aMigration, aMigrationState, anEmptyLook, aVmi, CORDONED, ours } from "./builders.ts";

const basis = { node: ours, cordonedAt: CORDONED };
const findings = (some: Partial<Look>) => {
	const proof = prove(anEmptyLook(some), basis);
	return proof.safe ? [] : proof.because;
};
const rulesAgainst = (some: Partial<Look>) => [...new Set(findings(some).map(({ rule }) => rule))];

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

	it("does not count a migration whose target pod is elsewhere, whatever other launcher is here", () => {
		const pods = [aLauncher("db", { migrationUid: "another-uid", phase: "Pending" })];

		expect(rulesAgainst({ pods, vmis: [aVmi("db", elsewhere)], migrations: [aMigration("db")] })).toEqual(["S2"]);
	});

	it.each([
		["of another node whose VMI cannot be found", "node-b", []],
		["of this node whose VMI is known to have nothing to do with it", "node-a", [aVmi("db", elsewhere)]],
	])("does not count an evacuation %s", (_, evacuates, vmis) => {
		expect(findings({ vmis, migrations: [aMigration("db", { phase: "Scheduling", evacuates })] })).toEqual([]);
	});

	it("does not count a migration of a VMI that runs elsewhere and goes on to a third node", () => {
		const migration = aMigrationState({ sourceNode: "node-b", targetNode: "node-c" });
		const vmi = aVmi("db", { ...elsewhere, migration });

		expect(findings({ vmis: [vmi], migrations: [aMigration("db", { evacuates: "node-b" })] })).toEqual([]);
	});
});
