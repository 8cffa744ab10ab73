import { describe, expect, it } from "@jest/globals";
import type { FateKind } from "../../src/domain/fate.ts";
import type { VmiFacts } from "../../src/domain/look.ts";
import { followStories } from "../../src/domain/outcomes.ts";
import type { VmStory } from "../../src/domain/record.ts";
import { aHost, aLauncher, aLook, aMigrationState, aRecord, aVm, aVmi, NOW } from "./builders.ts";

const story = (kind: FateKind = "migrates", some: Partial<VmStory> = {}): VmStory => ({
	namespace: "shop",
	name: "db",
	uid: "db-vmi",
	fate: { kind, why: "as told" },
	...some,
});
const elsewhere = { nodeName: "node-b", nodeLabel: "node-b" };
const outcome = (before: VmStory, vmis: readonly VmiFacts[]) =>
	followStories(aRecord({ vms: [before] }), aLook({ vmis }), NOW)[0]?.outcome;

describe("the story of a VM", () => {
	it("begins with its fate when it is first seen on the node", () => {
		const vmis = [aVmi("db", { evictionStrategy: "LiveMigrate" }), aVmi("web", elsewhere)];

		expect(followStories(aRecord(), aLook({ vmis, pods: [aLauncher("db")] }), NOW)).toEqual([
			{
				namespace: "shop",
				name: "db",
				uid: "db-vmi",
				fate: { kind: "migrates", by: "kubevirt", why: "eviction strategy LiveMigrate" },
			},
		]);
	});

	it("ends when the VM runs elsewhere", () => {
		const vmis = [aVmi("db", { ...elsewhere, migration: aMigrationState({ ended: true, completed: true }) })];

		expect(followStories(aRecord({ vms: [story()] }), aLook({ vmis }), NOW)).toEqual([
			{ ...story(), outcome: { kind: "migrated", to: "node-b" }, outcomeAt: NOW },
		]);
	});

	it("goes on while the migration does", () => {
		expect(outcome(story(), [aVmi("db", { migration: aMigrationState() })])).toBeUndefined();
		expect(outcome(story(), [aVmi("db", { ...elsewhere, migration: aMigrationState() })])).toBeUndefined();
	});

	it("stays what it is when the VM moves on from its new node to a third", () => {
		const onward = aMigrationState({ migrationUid: "onward-uid", sourceNode: "node-b", targetNode: "node-c" });

		expect(outcome(story(), [aVmi("db", { ...elsewhere, migration: onward })])).toEqual({ kind: "migrated", to: "node-b" });
	});

	it("goes on while the VM comes back from its new node", () => {
		const back = aMigrationState({ migrationUid: "back-uid", sourceNode: "node-b", targetNode: "node-a" });

		expect(outcome(story(), [aVmi("db", { ...elsewhere, migration: back })])).toBeUndefined();
	});

	it.each([
		["restarts elsewhere", { kind: "restarting" }],
		["is replaced", { kind: "replaced" }],
		["stops", { kind: "stopped" }],
		["is lost", { kind: "lost" }],
		["migrates", { kind: "stopped" }],
		["blocks", { kind: "stopped" }],
	] as const)("ends as foretold when the guest of a VM that %s has ended or its VMI is gone", (kind, expected) => {
		expect(outcome(story(kind), [aVmi("db", { phase: "Succeeded" })])).toEqual(expected);
		expect(outcome(story(kind), [])).toEqual(expected);
	});

	it("follows a VM into its next life, by name and another uid", () => {
		const next = (some: Partial<VmiFacts>) => [aVmi("db", { uid: "db-2", ...some })];

		expect(outcome(story("restarts elsewhere"), next({ ...elsewhere, phase: "Scheduled" }))).toEqual({ kind: "restarting" });
		expect(outcome(story("restarts elsewhere"), next(elsewhere))).toEqual({ kind: "restarted", to: "node-b" });
		expect(outcome(story("stops"), next(elsewhere))).toEqual({ kind: "restarted", to: "node-b" });
	});

	it("does not take a life on this very node for a restart", () => {
		const before = story("restarts elsewhere");

		const after = followStories(
			aRecord({ vms: [before] }),
			aLook({ vmis: [aVmi("db", { uid: "db-2" })], vms: [aVm("db", "Always")] }),
			NOW,
		);

		expect(after.map(({ uid, outcome: how }) => [uid, how])).toEqual([
			["db-vmi", { kind: "restarting" }],
			["db-2", undefined],
		]);
	});

	it("stays ended whatever the VM does afterwards", () => {
		const migrated = story("migrates", { outcome: { kind: "migrated", to: "node-b" }, outcomeAt: NOW - 1 });
		const record = aRecord({ vms: [migrated] });

		expect(followStories(record, aLook(), NOW)).toBe(record.vms);
	});

	it("keeps its fate until a survey sees more", () => {
		const vmis = [aVmi("db", { evictionStrategy: "LiveMigrate" })];
		const pods = [aLauncher("db", { requests: { memory: 1 } })];
		const record = aRecord({ vms: [story()] });
		const full = { nodes: [aHost({ allocatable: {} })], pods: [] };

		expect(followStories(record, aLook({ vmis, pods }), NOW)).toBe(record.vms);
		expect(followStories(record, aLook({ vmis, pods, surroundings: full }), NOW)[0]?.fate).toEqual({
			kind: "blocks",
			until: "room",
			why: "eviction strategy LiveMigrate, but no other node could host it",
		});
	});

	it("gets another fate when what blocked it has passed", () => {
		const starting = story("blocks", { fate: { kind: "blocks", until: "soon", why: "it is starting" } });
		const vmis = [aVmi("db", { evictionStrategy: "LiveMigrate" })];

		expect(followStories(aRecord({ vms: [starting] }), aLook({ vmis }), NOW)[0]?.fate).toEqual({
			kind: "migrates",
			by: "kubevirt",
			why: "eviction strategy LiveMigrate",
		});
	});
});
