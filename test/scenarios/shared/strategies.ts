import { each, held, moved, released } from "./expectations.ts";
import { listed, migrate, namespace, paths } from "./objects.ts";
import { leaveIntoTrouble, tellToGo, untilTaken } from "./plays.ts";
import type { Given, SharedOutcome, SharedScenario, SharedStage } from "./shared-scenario.ts";
import { untilAllAreMarked } from "./waits.ts";

type Strategy = "LiveMigrate" | "LiveMigrateIfPossible" | "External" | "None";
type Kind = { readonly evictionStrategy?: Strategy; readonly migratable?: boolean };

const runStrategies = ["Always", "RerunOnFailure", "Manual", "Once"] as const;
const everyName = ["always", "rerunonfailure", "manual", "once", "set*", "bare"];
const notMigratable = { reason: "DisksNotLiveMigratable", message: "cannot migrate VMI: PVC root is not shared" };

const alike = ({ evictionStrategy, migratable = true }: Kind) => ({
	namespace,
	migrationSeconds: 3,
	terminationGracePeriodSeconds: 30,
	...(evictionStrategy && { evictionStrategy }),
	...(!migratable && { notMigratable }),
});

/** One VM of each kind of owner and run strategy on the node, all alike otherwise. */
const ofEveryOwner = (kind: Kind) => (given: Given, on: string) => {
	for (const runStrategy of runStrategies) given.vm({ ...alike(kind), name: runStrategy.toLowerCase(), on, runStrategy });
	// Its replacement starts at once: long before the old one has ended.
	given.vmirs({ ...alike(kind), name: "set", on: [on], shutdownSeconds: 8 });
	given.vmi({ ...alike(kind), name: "bare", on });
};

/** The same without those that something starts again. */
const ofEveryOwnerThatGivesUp = (kind: Kind) => (given: Given, on: string) => {
	for (const runStrategy of runStrategies.slice(1))
		given.vm({ ...alike(kind), name: runStrategy.toLowerCase(), on, runStrategy });
	given.vmi({ ...alike(kind), name: "bare", on });
};

const allMove = moved(...everyName);

const allAreShutDown = released(
	{
		...each(everyName, "ended by eviction"),
		always: "ended by eviction, started elsewhere",
		"set*": "started elsewhere, ended by eviction",
	},
	{
		...each(everyName, "stops: stopped"),
		always: "restarts elsewhere: restarted",
		"set*": "is replaced: replaced",
		bare: "is lost: lost",
	},
);

const stuck = (names: readonly string[], story: (name: string) => string, kind: string): SharedOutcome =>
	held(
		names.map((name) => `${kind} ${namespace}/${name}`).sort(),
		each(names, ""),
		Object.fromEntries(names.map((name) => [name, `${story(name)}: on its way`])),
	);

const policy = { mayEnd: [{ namespace, name: "*" }] };

/** What stands behind External: it migrates what is marked. */
async function standInController(stage: SharedStage): Promise<void> {
	tellToGo(stage);
	await untilAllAreMarked(stage);
	await stage.sleep(3_000);
	for (const { metadata } of await listed(stage, paths.vmis)) await migrate(stage, metadata.name);
	await untilTaken(stage);
}

/** Every eviction strategy, of the VM and of the cluster; migratable or not; every kind of owner and run strategy. */
export const strategies: readonly SharedScenario[] = [
	{
		name: "VMs of LiveMigrate migrate, whoever owns them",
		given: ofEveryOwner({ evictionStrategy: "LiveMigrate" }),
		expected: allMove,
	},
	{
		name: "VMs of LiveMigrateIfPossible that can migrate do, whoever owns them",
		given: ofEveryOwner({ evictionStrategy: "LiveMigrateIfPossible" }),
		expected: allMove,
	},
	{
		name: "VMs without a strategy migrate when the cluster's is LiveMigrate",
		given: ofEveryOwner({}),
		kubevirt: { defaultEvictionStrategy: "LiveMigrate" },
		expected: allMove,
	},
	{
		name: "VMs without a strategy migrate when the cluster's is LiveMigrateIfPossible",
		given: ofEveryOwner({}),
		kubevirt: { defaultEvictionStrategy: "LiveMigrateIfPossible" },
		expected: allMove,
	},
	{
		name: "VMs without a strategy are shut down where the cluster has none, and go the way of their owner",
		given: ofEveryOwner({}),
		policy,
		expected: allAreShutDown,
	},
	{
		name: "VMs of None are shut down, although the cluster's strategy is LiveMigrate",
		given: ofEveryOwner({ evictionStrategy: "None" }),
		policy,
		kubevirt: { defaultEvictionStrategy: "LiveMigrate" },
		expected: allAreShutDown,
	},
	{
		name: "VMs of LiveMigrateIfPossible that cannot migrate are shut down",
		given: ofEveryOwner({ evictionStrategy: "LiveMigrateIfPossible", migratable: false }),
		policy,
		expected: allAreShutDown,
	},
	{
		name: "VMs of None that nothing starts again stay where no policy lets them end",
		given: ofEveryOwnerThatGivesUp({ evictionStrategy: "None" }),
		play: leaveIntoTrouble("vm-would-end"),
		expected: stuck(
			["rerunonfailure", "manual", "once", "bare"],
			(name) => (name === "bare" ? "is lost" : "stops"),
			"vm-would-end",
		),
	},
	{
		name: "VMs of LiveMigrate that cannot migrate stay, whatever the policy allows",
		given: ofEveryOwner({ evictionStrategy: "LiveMigrate", migratable: false }),
		policy,
		play: leaveIntoTrouble("vm-blocks"),
		expected: stuck(everyName, () => "blocks", "vm-blocks"),
	},
	{
		name: "VMs of External are marked, and leave when their own controller moves them",
		given: ofEveryOwner({ evictionStrategy: "External" }),
		play: standInController,
		expected: allMove,
	},
];
