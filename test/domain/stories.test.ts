import { describe, expect, it } from "@jest/globals";
import type { Fate } from "../../src/domain/fate.ts";
import type { Look } from "../../src/domain/look.ts";
import { followStories } from "../../src/domain/outcomes.ts";
import type { VmOutcome, VmStory } from "../../src/domain/record.ts";
import { aHost, aLauncher, aLook, aMigration, aRecord, aVmi, NOW } from "./builders.ts";

const migrates: Fate = { kind: "migrates", by: "kubevirt", why: "eviction strategy LiveMigrate" };
const aStory = (name: string, some: Partial<VmStory> = {}): VmStory => ({
	namespace: "shop",
	name,
	uid: `${name}-vmi`,
	fate: migrates,
	...some,
});
const ended = (outcome: VmOutcome, some: Partial<VmStory> = {}): VmStory =>
	aStory("db", { outcome, outcomeAt: NOW - 5_000, ...some });
const follow = (stories: readonly VmStory[], look: Partial<Look>) => followStories(aRecord({ vms: stories }), aLook(look), NOW);

const elsewhere = { nodeName: "node-b", nodeLabel: "node-b" };
const liveMigrate = { evictionStrategy: "LiveMigrate" } as const;

describe("the stories of several VMs", () => {
	it("are told anew when one of them changes, and each of the others stays the very same", () => {
		const [db, web] = [aStory("db"), aStory("web")];
		const stories = follow([db, web], { vmis: [aVmi("db", liveMigrate), aVmi("web", elsewhere)] });

		expect(stories).toEqual([db, { ...web, outcome: { kind: "migrated", to: "node-b" }, outcomeAt: NOW }]);
		expect(stories[0]).toBe(db);
	});

	it("stay the very same when a look shows nothing new", () => {
		const stories = [aStory("db"), aStory("web")];

		expect(follow(stories, { vmis: [aVmi("db", liveMigrate), aVmi("web", liveMigrate)] })).toBe(stories);
	});
});

describe("a fate that was told", () => {
	const survey = { surroundings: { nodes: [aHost()], pods: [] }, vmis: [aVmi("db", liveMigrate)], pods: [aLauncher("db")] };

	it.each<[string, Fate]>([
		["kind", { ...migrates, kind: "stops" }],
		["reason", { ...migrates, why: "eviction strategy LiveMigrateIfPossible" }],
		["end", { ...migrates, until: "soon" }],
		["mover", { ...migrates, by: "external" }],
	])("is told anew by a survey that finds another %s", (_, fate) => {
		expect(follow([aStory("db", { fate })], survey)).toEqual([aStory("db")]);
	});

	it("stays the very same in a survey that finds the same", () => {
		const stories = [aStory("db")];

		expect(follow(stories, survey)).toBe(stories);
	});

	it("stands when the VM is not there any more, even one that blocked", () => {
		const blocked = ended({ kind: "stopped" }, { fate: { kind: "blocks", until: "operator", why: "it cannot migrate" } });
		const stories = [blocked];

		expect(follow(stories, {})).toBe(stories);
	});
});

describe("an outcome", () => {
	it("is taken back when the VM is alive on the node after all", () => {
		expect(follow([ended({ kind: "migrated", to: "node-b" })], { vmis: [aVmi("db", liveMigrate)] })).toEqual([aStory("db")]);
	});

	it("is told anew when the VM has moved on, and otherwise keeps its instant", () => {
		const stories = [ended({ kind: "migrated", to: "node-b" })];
		const onNode = (nodeName: string) => follow(stories, { vmis: [aVmi("db", { nodeName, nodeLabel: nodeName })] });

		expect(onNode("node-b")).toBe(stories);
		expect(onNode("node-c")).toEqual([{ ...stories[0], outcome: { kind: "migrated", to: "node-c" }, outcomeAt: NOW }]);
	});

	it("is another one when a VM that had migrated is started anew", () => {
		const started = aVmi("db", { uid: "db-2", ...elsewhere });
		const fate: Fate = { kind: "restarts elsewhere", why: "its VirtualMachine has run strategy Always" };
		const stories = [ended({ kind: "restarting" }, { fate })];

		expect(follow(stories, {})).toBe(stories);
		expect(follow(stories, { vmis: [started] })).toEqual([
			{ ...stories[0], outcome: { kind: "restarted", to: "node-b" }, outcomeAt: NOW },
		]);
	});

	it("is another one when a VM that had stopped is being started by its user", () => {
		const stories = [ended({ kind: "stopped" }, { fate: { kind: "stops", why: "its VirtualMachine has run strategy Manual" } })];
		const started = aVmi("db", { uid: "db-2", phase: "Scheduling" });

		expect(follow(stories, { vmis: [started] })[0]).toEqual({ ...stories[0], outcome: { kind: "restarting" }, outcomeAt: NOW });
	});

	it("stays with a VM that was started again and then stopped by its user", () => {
		const stories = [ended({ kind: "restarted", to: "node-b" })];

		expect(follow(stories, {})).toBe(stories);
	});

	it("is none for a VM that runs elsewhere and is about to come in", () => {
		const vmis = [aVmi("db", { ...liveMigrate, ...elsewhere })];
		const target = (vm: string) => [aLauncher(vm, { migrationUid: "move-uid", phase: "Pending" })];
		const migrations = [aMigration("db", { phase: "Scheduling" })];
		const outcome = (pods: Look["pods"]) => follow([aStory("db")], { vmis, pods, migrations })[0]?.outcome;

		expect(outcome(target("db"))).toBeUndefined();
		expect(outcome(target("web"))).toEqual({ kind: "migrated", to: "node-b" });
		expect(outcome([aLauncher("db")])).toEqual({ kind: "migrated", to: "node-b" });
	});
});

describe("the next life of a VM", () => {
	const restarts: Fate = { kind: "restarts elsewhere", why: "its VirtualMachine has run strategy Always" };
	const outcomeAfter = (...vmis: ReturnType<typeof aVmi>[]) => follow([aStory("db", { fate: restarts })], { vmis })[0]?.outcome;
	const next = (some = {}) => aVmi("db", { uid: "db-2", ...elsewhere, ...some });

	it("is one of its own name and namespace that has not ended", () => {
		const others = [aVmi("web", elsewhere), next({ namespace: "test" }), next({ uid: "db-1", phase: "Failed" })];

		expect(outcomeAfter(...others)).toEqual({ kind: "restarting" });
		expect(outcomeAfter(...others, next())).toEqual({ kind: "restarted", to: "node-b" });
		expect(outcomeAfter(aVmi("db", { phase: "Succeeded" }), next({ ...elsewhere, nodeName: "node-c" }))).toEqual({
			kind: "restarted",
			to: "node-c",
		});
	});

	it("has begun once it runs on a node that is known", () => {
		const { nodeName, ...placeless } = next();

		expect(outcomeAfter(placeless)).toEqual({ kind: "restarting" });
	});
});
