import { describe, expect, it } from "@jest/globals";
import type { MigrationState, VmiFacts } from "../../src/domain/look.ts";
import {
	isAwaited,
	isMigrating,
	launcherOf,
	migratesOver,
	runsElsewhere,
	vmiOfMigration,
	vmisOnNode,
} from "../../src/domain/presence.ts";
import { aLauncher, aLook, aMigration, aMigrationState, aVmi, ours } from "./builders.ts";

const elsewhere = { nodeName: "node-b", nodeLabel: "node-b" };

describe("a VMI", () => {
	it("without a node runs nowhere, so not elsewhere", () => {
		const { nodeName, nodeLabel, ...pending } = aVmi("db", { phase: "Pending" });

		expect([pending, aVmi("db"), aVmi("db", elsewhere)].map((vmi) => runsElsewhere(vmi, ours.name))).toEqual([
			false,
			false,
			true,
		]);
	});

	it("migrates once its migration has started or knows its target, and not before", () => {
		const { targetNode, ...fresh } = aMigrationState({ started: false });
		const migrating = (migration: MigrationState) => isMigrating(aVmi("db", { migration }));

		expect([fresh, { ...fresh, started: true }, { ...fresh, targetNode: "node-b" }].map(migrating)).toEqual([false, true, true]);
	});

	it("migrates over the nodes at both ends", () => {
		const vmi = aVmi("db", { ...elsewhere, migration: aMigrationState({ sourceNode: "node-c", targetNode: "node-d" }) });

		expect(["node-b", "node-c", "node-d"].map((node) => migratesOver(vmi, node))).toEqual([false, true, true]);
	});
});

describe("a target pod", () => {
	const pod = aLauncher("db", { migrationUid: "move-uid" });
	const awaited = (...migrations: ReturnType<typeof aMigration>[]) => isAwaited(pod, aLook({ migrations }));

	it("is awaited until its own migration has ended", () => {
		expect(awaited()).toBe(false);
		expect(awaited(aMigration("db", { phase: "Pending" }))).toBe(true);
		expect(awaited(aMigration("db"), aMigration("web", { uid: "other", phase: "Failed" }))).toBe(true);
		expect(awaited(aMigration("db", { phase: "Succeeded" }), aMigration("web", { uid: "other" }))).toBe(false);
		expect(awaited(aMigration("db", { phase: "Failed" }), aMigration("web", { uid: "other" }))).toBe(false);
	});

	it("is one only where it is the target of a migration", () => {
		expect(isAwaited(aLauncher("db"), aLook({ migrations: [aMigration("db")] }))).toBe(false);
	});
});

describe("the launcher of a VMI", () => {
	const other = aLauncher("web");
	const target = aLauncher("db", { name: "virt-launcher-db-2", migrationUid: "move-uid" });
	const ended = aLauncher("db", { name: "virt-launcher-db-0", phase: "Succeeded" });

	it("is the one that carries it, rather than the target of a migration that comes in", () => {
		const pods = [other, ended, target, aLauncher("db")];

		expect(launcherOf(aVmi("db"), aLook({ pods }))).toEqual(aLauncher("db"));
	});

	it("is the one that a migration has brought, where there is no other", () => {
		expect(launcherOf(aVmi("db"), aLook({ pods: [other, target] }))).toEqual(target);
		expect(launcherOf(aVmi("db"), aLook({ pods: [other, ended] }))).toBeUndefined();
	});
});

describe("the VMI of a migration", () => {
	it("has its name and its namespace", () => {
		const vmis = [aVmi("web"), aVmi("db", { namespace: "test" }), aVmi("db")];

		expect(vmiOfMigration(aMigration("db"), aLook({ vmis }))).toEqual(aVmi("db"));
	});
});

describe("the VMIs on a node", () => {
	const named = (vmis: readonly VmiFacts[], pods: readonly ReturnType<typeof aLauncher>[] = []) =>
		vmisOnNode(aLook({ vmis, pods }), ours.name).map(({ name }) => name);

	it("are there by status, by label, by a migration, or by a launcher that lives", () => {
		const vmis = [
			aVmi("status", { nodeLabel: "node-b" }),
			aVmi("label", { nodeName: "node-b" }),
			aVmi("incoming", { ...elsewhere, migration: aMigrationState({ sourceNode: "node-b", targetNode: ours.name }) }),
			aVmi("carried", elsewhere),
			aVmi("gone", elsewhere),
			aVmi("away", elsewhere),
		];

		expect(named(vmis, [aLauncher("carried"), aLauncher("gone", { phase: "Failed" })])).toEqual([
			"status",
			"label",
			"incoming",
			"carried",
		]);
	});

	it("are alive", () => {
		const migration = aMigrationState();
		const vmis = [aVmi("a", { phase: "Failed" }), aVmi("b", { ...elsewhere, phase: "Succeeded", migration })];

		expect(named(vmis, [aLauncher("a"), aLauncher("b")])).toEqual([]);
	});
});
