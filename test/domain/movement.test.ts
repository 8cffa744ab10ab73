import { describe, expect, it } from "@jest/globals";
import type { Look, PodFacts, VmiFacts } from "../../src/domain/look.ts";
import { failedMigrations, isMovingOn, leftovers } from "../../src/domain/movement.ts";
import type { VmStory } from "../../src/domain/record.ts";
import {
	aLauncher,
	aLook,
	aMigration,
	aMigrationState,
	aPod,
	aRecord,
	aVm,
	aVmi,
	CORDONED,
	circumstancesOf,
	NOW,
	ours,
	ownedBy,
	toleratesCordon,
} from "./builders.ts";

const elsewhere = { nodeName: "node-b", nodeLabel: "node-b" };

describe("migrations that failed", () => {
	const failed = (uid: string, some = {}) => aMigration("db", { uid, phase: "Failed", ...some });
	const uids = (...migrations: ReturnType<typeof aMigration>[]) =>
		failedMigrations(aVmi("db"), circumstancesOf(aLook({ migrations }))).map(({ uid }) => uid);

	it("are those of the very VM", () => {
		expect(uids(failed("a"), failed("b", { vmiName: "web" }), failed("c", { namespace: "test" }))).toEqual(["a"]);
	});

	it("are those of this maintenance, oldest first", () => {
		const { openedAt } = aRecord();

		expect(
			uids(failed("b", { createdAt: NOW }), failed("old", { createdAt: openedAt - 1 }), failed("a", { createdAt: openedAt })),
		).toEqual(["a", "b"]);
	});

	it("are those since the last success, and nothing that still runs", () => {
		const at = (createdAt: number, some = {}) => failed(`m${createdAt - NOW}`, { createdAt, ...some });

		expect(uids(at(NOW + 1), at(NOW + 2, { phase: "Succeeded" }), at(NOW + 3), at(NOW + 4, { phase: "Running" }))).toEqual([
			"m3",
		]);
	});
});

describe("a leftover", () => {
	const arrived = (name: string, outcomeAt: number): VmStory => ({
		namespace: "shop",
		name,
		uid: `${name}-vmi`,
		fate: { kind: "migrates", by: "kubevirt", why: "eviction strategy LiveMigrate" },
		outcome: { kind: "migrated", to: "node-b" },
		outcomeAt,
	});
	const longAgo = [arrived("db", NOW - 60_001)];
	const names = (pod: PodFacts, some: Partial<Look>, vms: readonly VmStory[] = longAgo) =>
		leftovers(circumstancesOf(aLook({ pods: [pod], ...some }), { record: aRecord({ vms }) })).map(({ name }) => name);

	it("is a launcher whose VMI has run elsewhere for more than a minute", () => {
		expect(names(aLauncher("db"), { vmis: [aVmi("db", elsewhere)] })).toEqual(["virt-launcher-db"]);
	});

	it.each<[string, Partial<PodFacts>, readonly VmiFacts[]]>([
		["without a VMI", {}, []],
		["of a VMI that is still here", {}, [aVmi("db")]],
		["of a VMI that migrates again", {}, [aVmi("db", { ...elsewhere, migration: aMigrationState({ targetNode: "node-c" }) })]],
		["that has ended", { phase: "Succeeded" }, [aVmi("db", elsewhere)]],
		["that a migration is about to fill", { migrationUid: "move-uid" }, [aVmi("db", elsewhere)]],
	])("is no launcher %s", (_, some, vmis) => {
		expect(names(aLauncher("db", some), { vmis, migrations: [aMigration("db", { phase: "Pending" })] })).toEqual([]);
	});

	it("has the time of its own VM", () => {
		const vmis = [aVmi("db", elsewhere)];

		expect(names(aLauncher("db"), { vmis }, [arrived("web", NOW - 90_000), arrived("db", NOW - 60_000)])).toEqual([]);
		expect(names(aLauncher("db"), { vmis }, [])).toEqual([]);
	});
});

describe("something moves on", () => {
	const manual = { vmis: [aVmi("db")], vms: [aVm("db", "Manual")] };
	const moves = (look: Partial<Look>) => isMovingOn(circumstancesOf(aLook(look)));

	it("when a launcher ends, also one that came back after the cordon", () => {
		const launcher = aLauncher("db", { tolerations: toleratesCordon, createdAt: CORDONED + 1 });

		expect(moves({ ...manual, pods: [launcher] })).toBe(false);
		expect(moves({ ...manual, pods: [{ ...launcher, deleting: true }] })).toBe(true);
	});

	it("when a pod ends that counts, and not when one ends that stays with the node", () => {
		const daemon = aPod({ deleting: true, owner: ownedBy("DaemonSet", "agent", "apps/v1") });

		expect(moves({ pods: [aPod({ deleting: true })] })).toBe(true);
		expect(moves({ pods: [daemon] })).toBe(false);
		expect(moves({ pods: [aPod({ deleting: true, phase: "Failed" })] })).toBe(false);
	});

	it("when every launcher of a VM has ended and its VMI does not say so yet", () => {
		const ended = aLauncher("db", { phase: "Succeeded" });
		const vmis = [aVmi("db"), aVmi("web")];
		const vms = [aVm("db", "Manual"), aVm("web", "Manual")];
		const withPods = (...pods: readonly PodFacts[]) => moves({ vmis, vms, pods });

		expect(withPods(ended, aLauncher("web"), aPod())).toBe(true);
		expect(withPods(ended, aLauncher("db", { name: "virt-launcher-db-2" }))).toBe(false);
		expect(withPods(aLauncher("gone", { phase: "Failed" }))).toBe(false);
	});

	it("not when a VM is marked that its strategy does not move", () => {
		const vmis = [aVmi("db", { evacuationNodeName: ours.name })];

		expect(moves({ ...manual, vmis, pods: [aLauncher("db")] })).toBe(false);
	});
});
