import { describe, expect, it } from "@jest/globals";
import { nodeOf, presentFate, wouldEndUnallowed } from "../../src/domain/circumstances.ts";
import type { Fate } from "../../src/domain/fate.ts";
import type { Look, VmiFacts } from "../../src/domain/look.ts";
import type { VmStory } from "../../src/domain/record.ts";
import { aHost, aLauncher, aLook, aMigrationState, aNode, aRecord, aVm, aVmi, circumstancesOf, ownedBy } from "./builders.ts";

const noRoom: Fate = { kind: "blocks", until: "room", why: "as the survey said" };
const story = (name: string, fate: Fate): VmStory => ({ namespace: "shop", name, uid: `${name}-vmi`, fate });
const liveMigrate = { evictionStrategy: "LiveMigrate" } as const;
const vms = [aVm("db", "Always")];

/** What is said now of a VM that lacked room at the last survey. */
const fateNow = (some: Partial<VmiFacts>, look: Partial<Look> = {}, told: readonly VmStory[] = [story("db", noRoom)]) => {
	const vmi = aVmi("db", some);
	return presentFate(vmi, circumstancesOf(aLook({ vmis: [vmi], vms, ...look }), { record: aRecord({ vms: told }) }));
};

describe("the node under maintenance", () => {
	it("is the record's, else the one that was looked at, else none", () => {
		const { node: _, ...fresh } = aRecord();
		const { node, ...nothing } = aLook();
		const look = aLook({ node: aNode({ name: "node-b" }) });

		expect([
			nodeOf(circumstancesOf(look)),
			nodeOf(circumstancesOf(look, { record: fresh })),
			nodeOf(circumstancesOf(nothing, { record: fresh })),
		]).toEqual(["node-a", "node-b", ""]);
	});
});

describe("what a survey said of room", () => {
	const farm = ownedBy("VirtualMachineInstanceReplicaSet", "farm");

	it.each([
		["would migrate", liveMigrate],
		["would restart elsewhere", {}],
		["would be replaced", { owner: farm }],
		["has a migration behind it that failed", { ...liveMigrate, migration: aMigrationState({ failed: true }) }],
		["has a migration behind it that ended", { ...liveMigrate, migration: aMigrationState({ ended: true }) }],
	] as const)("stands for a VM that %s", (_, some) => {
		expect(fateNow(some)).toEqual(noRoom);
	});

	it.each([
		["is moved by another controller", { evictionStrategy: "External" }, "migrates"],
		["is marked already", { ...liveMigrate, evacuationNodeName: "node-a" }, "migrates"],
		["is being deleted", { deleting: true }, "restarts elsewhere"],
		["cannot migrate any more", { ...liveMigrate, migratable: "no" }, "blocks"],
	] as const)("does not matter to a VM that %s", (_, some, kind) => {
		expect(fateNow(some)).toMatchObject({ kind, why: expect.not.stringContaining("survey") });
	});

	it("does not matter to a VM whose migration is about to start", () => {
		const { targetNode, ...migration } = aMigrationState({ started: false });

		expect(fateNow({ ...liveMigrate, migration }).kind).toBe("migrates");
	});

	it("is overruled by another survey, and was said of that VM alone", () => {
		const surroundings = { nodes: [aHost()], pods: [] };

		expect(fateNow(liveMigrate, { surroundings, pods: [aLauncher("db")] }).kind).toBe("migrates");
		expect(fateNow(liveMigrate, {}, [story("web", noRoom)]).kind).toBe("migrates");
		expect(fateNow(liveMigrate, {}, [story("web", noRoom), story("db", noRoom)])).toEqual(noRoom);
	});
});

describe("a VM that would end", () => {
	it.each(["stops", "is lost"] as const)("needs leave when it %s", (kind) => {
		const fate: Fate = { kind, why: "no matter" };

		expect(wouldEndUnallowed(aVmi("db"), fate, circumstancesOf(aLook()))).toBe(true);
		expect(wouldEndUnallowed(aVmi("db"), fate, circumstancesOf(aLook(), { record: aRecord({ mayEnd: ["shop/db"] }) }))).toBe(
			false,
		);
		expect(wouldEndUnallowed(aVmi("db", { deleting: true }), fate, circumstancesOf(aLook()))).toBe(false);
	});

	it.each(["migrates", "restarts elsewhere", "is replaced", "blocks"] as const)("needs none when it %s", (kind) => {
		expect(wouldEndUnallowed(aVmi("db"), { kind, why: "no matter" }, circumstancesOf(aLook()))).toBe(false);
	});
});
