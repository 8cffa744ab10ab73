import { describe, expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { type Drill, drill, type Stage } from "../drill.ts";
import { leaveFor } from "./ways-to-leave.ts";
import { endOf, open, released, storiesOf, troublesIn, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

type Strategy = "LiveMigrate" | "LiveMigrateIfPossible" | "External" | "None" | undefined;
const notMigratable = { reason: "DisksNotLiveMigratable", message: "cannot migrate VMI: PVC root is not shared" };

/** One VM of each kind of owner on the node, all alike otherwise. */
const ofEveryOwner = (evictionStrategy: Strategy, migratable: boolean) => (cluster: SimulatedCluster, node: string) => {
	const alike = {
		namespace: "shop",
		migrationSeconds: 5,
		...(evictionStrategy && { evictionStrategy }),
		...(!migratable && { notMigratable }),
	};
	for (const runStrategy of ["Always", "RerunOnFailure", "Manual", "Once"] as const)
		cluster.add.vm({ ...alike, name: runStrategy.toLowerCase(), on: node, runStrategy });
	cluster.add.vmirs({ ...alike, name: "set-", on: [node] });
	cluster.add.vmi({ ...alike, name: "bare", on: node });
};

const everyOne = (says: string) =>
	Object.fromEntries(["always", "rerunonfailure", "manual", "once", "set-*", "bare"].map((name) => [name, says]));

const drained = async (options: Drill) => {
	const outcome = await drill(options);
	const { record, stage } = outcome;
	return { end: endOf(outcome), truth: truthOf(stage.cluster), stories: storiesOf(record), trouble: troublesIn(record) };
};

const everythingMayEnd = { mayEnd: [{ namespace: "shop", name: "*" }] };

describe("a VM migrates, whoever owns it, when its eviction strategy is", () => {
	it.each<[Strategy, string]>([
		["LiveMigrate", "None"],
		["LiveMigrateIfPossible", "None"],
		[undefined, "LiveMigrate"],
		[undefined, "LiveMigrateIfPossible"],
	])("%s and the cluster's %s", async (strategy, defaultEvictionStrategy) => {
		const kubevirt = { defaultEvictionStrategy: defaultEvictionStrategy as "LiveMigrate" };
		expect(await drained({ seed: ofEveryOwner(strategy, true), kubevirt })).toEqual({
			end: released,
			truth: everyOne("moved"),
			stories: everyOne("migrates: migrated"),
			trouble: [],
		});
	});
});

describe("a VM is shut down, and goes the way of its owner, when its eviction strategy is", () => {
	const shutDown: readonly [Strategy, string, boolean][] = [
		["None", "None", true],
		["None", "LiveMigrate", true],
		["None", "None", false],
		[undefined, "None", true],
		["LiveMigrateIfPossible", "None", false],
		[undefined, "LiveMigrateIfPossible", false],
	];

	it.each(shutDown)("%s and the cluster's %s, migratable: %s", async (strategy, defaultEvictionStrategy, migratable) => {
		const kubevirt = { defaultEvictionStrategy: defaultEvictionStrategy as "None" };
		expect(await drained({ seed: ofEveryOwner(strategy, migratable), policy: everythingMayEnd, kubevirt })).toEqual({
			end: released,
			truth: {
				...everyOne("ended by evacuator-evict"),
				always: "ended by evacuator-evict, started elsewhere",
				"set-*": "started elsewhere, ended by evacuator-evict",
			},
			stories: {
				always: "restarts elsewhere: restarted",
				rerunonfailure: "stops: stopped",
				manual: "stops: stopped",
				once: "stops: stopped",
				"set-*": "is replaced: replaced",
				bare: "is lost: lost",
			},
			trouble: [],
		});
	});

	it.each(shutDown.slice(2))(
		"%s and the cluster's %s, migratable: %s, but whatever would stop or be lost stays without a written policy",
		async (strategy, defaultEvictionStrategy, migratable) => {
			const kubevirt = { defaultEvictionStrategy: defaultEvictionStrategy as "None" };
			const seed = ofEveryOwner(strategy, migratable);
			expect(await drained({ seed, kubevirt, play: leaveFor(1800) })).toEqual({
				end: open,
				truth: {
					...everyOne(""),
					always: "ended by evacuator-evict, started elsewhere",
					"set-*": "started elsewhere, ended by evacuator-evict",
				},
				stories: {
					always: "restarts elsewhere: restarting",
					rerunonfailure: "stops: on its way",
					manual: "stops: on its way",
					once: "stops: on its way",
					"set-*": "is replaced: replaced",
					bare: "is lost: on its way",
				},
				trouble: [
					"vm-would-end shop/bare",
					"vm-would-end shop/manual",
					"vm-would-end shop/once",
					"vm-would-end shop/rerunonfailure",
				],
			});
		},
	);
});

describe("a VM stays and holds the drain, whatever the policy allows, when it cannot migrate and its eviction strategy is", () => {
	it.each<[Strategy, string]>([
		["LiveMigrate", "None"],
		[undefined, "LiveMigrate"],
	])("%s and the cluster's %s", async (strategy, defaultEvictionStrategy) => {
		const kubevirt = { defaultEvictionStrategy: defaultEvictionStrategy as "LiveMigrate" };
		const outcome = await drained({
			seed: ofEveryOwner(strategy, false),
			policy: everythingMayEnd,
			kubevirt,
			play: leaveFor(1800),
		});
		expect({ ...outcome, trouble: outcome.trouble.map((says) => says.replace(/set-.+/, "set-*")) }).toEqual({
			end: open,
			truth: everyOne(""),
			stories: everyOne("blocks: on its way"),
			trouble: ["always", "bare", "manual", "once", "rerunonfailure", "set-*"].map((name) => `vm-blocks shop/${name}`),
		});
	});
});

describe("a VM of eviction strategy External", () => {
	const seed = ofEveryOwner("External", true);

	it("is marked and waits for its own controller, for as long as that takes", async () => {
		const outcome = await drill({ seed, policy: everythingMayEnd, play: leaveFor(3 * 3600) });
		const { cluster, node } = outcome.stage;
		const marks = cluster.store.list("virtualmachineinstances").map(({ status }) => status?.evacuationNodeName);
		expect(marks).toEqual([node, node, node, node, node, node]);
		expect(truthOf(cluster)).toEqual(everyOne(""));
		expect(storiesOf(outcome.record)).toEqual(everyOne("migrates: on its way"));
		expect(endOf(outcome)).toEqual(open);
	});

	it("is done with when its controller has migrated or deleted it", async () => {
		const outcome = await drill({ seed, prepare: standInController });
		expect(truthOf(outcome.stage.cluster)).toEqual({
			always: "moved",
			rerunonfailure: "moved",
			manual: "moved",
			once: "moved",
			"set-*": "moved",
			bare: "ended by kubernetes-admin",
		});
		expect(storiesOf(outcome.record)).toEqual({ ...everyOne("migrates: migrated"), bare: "is lost: lost" });
		expect(endOf(outcome)).toEqual(released);
	});
});

/** What stands behind External: five minutes after the mark it migrates what has an owner, and deletes what has none. */
function standInController({ cluster, clock }: Stage): void {
	const acted = new Set<string>();
	cluster.store.subscribe(({ resource, object: { metadata, status } }) => {
		if (resource !== "virtualmachineinstances" || status?.evacuationNodeName === undefined || acted.has(metadata.uid)) return;
		acted.add(metadata.uid);
		const base = `/apis/kubevirt.io/v1/namespaces/${metadata.namespace}`;
		const migration = {
			apiVersion: "kubevirt.io/v1",
			kind: "VirtualMachineInstanceMigration",
			metadata: { generateName: "by-its-controller-" },
			spec: { vmiName: metadata.name },
		};
		const act = (): Promise<unknown> =>
			metadata.ownerReferences === undefined
				? cluster.kubectl("DELETE", `${base}/virtualmachineinstances/${metadata.name}`)
				: cluster.kubectl("POST", `${base}/virtualmachineinstancemigrations`, migration);
		clock.at(300_000, () => void clock.thread(act));
	});
}
