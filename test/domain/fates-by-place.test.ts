import { describe, expect, it } from "@jest/globals";
import type { Fate } from "../../src/domain/fate.ts";
import { fateOfVmi, isProtected } from "../../src/domain/fates.ts";
import type { Look, RunStrategy, VmiFacts } from "../../src/domain/look.ts";
import { aHost, aLauncher, aLook, aVm, aVmi, GIB, ours, ownedBy, toleratesCordon } from "./builders.ts";

const vm = ownedBy("VirtualMachine", "db");
const migrates: Fate = { kind: "migrates", by: "kubevirt", why: "eviction strategy LiveMigrate" };

const db = (some: Partial<VmiFacts> = {}): VmiFacts => aVmi("db", some);

const lookAt = (vmi: VmiFacts, some: Partial<Look> = {}, runStrategy?: RunStrategy): Look =>
	aLook({ vmis: [vmi], pods: [aLauncher("db")], vms: runStrategy ? [aVm("db", runStrategy)] : [], ...some });

const fateOf = (vmi: VmiFacts, look: Look): Fate => fateOfVmi(vmi, { look, node: ours.name });

describe("the fate of a VM for which there is no other place", () => {
	const full = { nodes: [aHost({ allocatable: { cpu: 8, memory: GIB } })], pods: [] };
	const launcher = aLauncher("db", { requests: { memory: 2 * GIB } });

	it("blocks a live migration until there is room", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate" });

		expect(fateOf(vmi, lookAt(vmi, { pods: [launcher], surroundings: full }))).toEqual({
			kind: "blocks",
			until: "room",
			why: "eviction strategy LiveMigrate, but no other node could host it",
		});
	});

	it("blocks a restart until there is room", () => {
		const vmi = db({ owner: vm });

		expect(fateOf(vmi, lookAt(vmi, { pods: [launcher], surroundings: full }, "Always"))).toEqual({
			kind: "blocks",
			until: "room",
			why: "it would be shut down, and no other node could host it; its VirtualMachine has run strategy Always",
		});
	});

	it("blocks a shutdown of what cannot migrate, and a replacement", () => {
		const replica = db({ owner: ownedBy("VirtualMachineInstanceReplicaSet", "farm") });
		const pinned = db({ owner: vm, evictionStrategy: "LiveMigrateIfPossible", migratable: "no" });
		const whyOf = (vmi: VmiFacts) => fateOf(vmi, lookAt(vmi, { pods: [launcher], surroundings: full }, "Always"));

		expect([replica, pinned].map(whyOf)).toEqual([
			{
				kind: "blocks",
				until: "room",
				why: "it would be shut down, and no other node could host it; VirtualMachineInstanceReplicaSet farm starts another one",
			},
			{
				kind: "blocks",
				until: "room",
				why: "it would be shut down, and no other node could host it; its VirtualMachine has run strategy Always",
			},
		]);
	});

	it("does not matter to a VM that is not started again", () => {
		const vmi = db({ owner: vm });

		expect(fateOf(vmi, lookAt(vmi, { pods: [launcher], surroundings: full }, "Manual"))).toEqual({
			kind: "stops",
			why: "its VirtualMachine has run strategy Manual",
		});
	});

	it("is a migration when its target pod holds the room already", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", evacuationNodeName: ours.name });
		const target = aLauncher("db", {
			name: "virt-launcher-db-2",
			nodeName: "node-b",
			migrationUid: "move-uid",
			requests: launcher.requests,
		});

		const fate = fateOf(vmi, lookAt(vmi, { pods: [launcher], surroundings: { ...full, pods: [target] } }));

		expect(fate).toEqual(migrates);
	});

	it.each([
		["of another VM", aLauncher("web", { migrationUid: "move-uid" })],
		["that has failed", aLauncher("db", { migrationUid: "move-uid", phase: "Failed" })],
		["that is the target of nothing", aLauncher("db")],
	])("blocks all the same beside a pod %s", (_, pod) => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", evacuationNodeName: ours.name });
		const pods = [{ ...pod, nodeName: "node-b", requests: launcher.requests }];

		expect(fateOf(vmi, lookAt(vmi, { pods: [launcher], surroundings: { ...full, pods } })).kind).toBe("blocks");
	});

	it("is not judged by a look without surroundings", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate" });

		expect(fateOf(vmi, lookAt(vmi, { pods: [launcher] }))).toEqual(migrates);
	});
});

describe("the fate of a VM that tolerates the cordon", () => {
	const pods = [aLauncher("db", { tolerations: toleratesCordon })];

	it("blocks when it would be started again, on this very node", () => {
		const vmi = db({ owner: vm });

		expect(fateOf(vmi, lookAt(vmi, { pods }, "Always"))).toEqual({
			kind: "blocks",
			until: "operator",
			why: "it tolerates the cordon and would come back to this node; its VirtualMachine has run strategy Always",
		});
	});

	it("is a migration all the same when it migrates: a target never lands on its source", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate" });

		expect(fateOf(vmi, lookAt(vmi, { pods }))).toEqual(migrates);
	});
});

describe("KubeVirt's webhook", () => {
	it.each([
		["LiveMigrate", "yes", true],
		["LiveMigrate", "no", true],
		["LiveMigrate", "unknown", true],
		["LiveMigrateIfPossible", "yes", true],
		["LiveMigrateIfPossible", "no", false],
		["LiveMigrateIfPossible", "unknown", false],
		["External", "yes", true],
		["External", "no", true],
		["None", "yes", false],
		["None", "no", false],
	] as const)("with strategy %s and migratable %s must refuse: %s", (evictionStrategy, migratable, expected) => {
		const vmi = aVmi("db", { evictionStrategy, migratable });

		expect(isProtected(vmi, aLook({ vmis: [vmi] }))).toEqual(expected);
	});
});
