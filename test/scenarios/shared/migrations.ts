import { each, held, moved, released } from "./expectations.ts";
import { evict, insist, launchers, listed, migrate, namespace, onlyOn, paths, read, setSchedulable } from "./objects.ts";
import { leave, leaveAndMeanwhile, leaveIntoTrouble, tellToGo, untilTaken } from "./plays.ts";
import type { SharedScenario, SharedStage } from "./shared-scenario.ts";

const db = { namespace, name: "db", evictionStrategy: "LiveMigrate", migrationSeconds: 3 } as const;
const slow = { ...db, migrationSeconds: 15 };

/** A migration that a user began from another node has bound its target here, and then the node has to go. */
async function leaveWhileOneComesIn(stage: SharedStage): Promise<void> {
	await migrate(stage, "db");
	await stage.until("the target runs here", async () => (await launchers(stage, "db", stage.node)).length > 0);
	await leave(stage);
}

/** The node to which it migrates is drained by somebody else: its new launcher, once it is the VM's own, moves on. */
const drainTheTarget = async (stage: SharedStage): Promise<void> => {
	const target = await targetOf(stage);
	await setSchedulable(stage, target, false);
	await stage.until("the VM has moved on from the target", async () => {
		for (const pod of await launchers(stage, "db", target)) await evict(stage, pod);
		const { status } = await read(stage, `${paths.vmis}/db`);
		return status?.nodeName !== target && status?.nodeName !== stage.node;
	});
	await setSchedulable(stage, target, true);
};

async function targetOf(stage: SharedStage): Promise<string> {
	for (const other of stage.others) if ((await launchers(stage, "db", other)).length > 0) return other;
	throw new Error("cannot find the target of db: no launcher of it runs elsewhere");
}

/** Keeps the VM off every node on which a pod of this label runs. */
const awayFrom = (app: string) => ({
	podAntiAffinity: {
		requiredDuringSchedulingIgnoredDuringExecution: [
			{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app } } },
		],
	},
});

/** How VMs migrate, fail to, or are kept from it. */
export const migrations: readonly SharedScenario[] = [
	{
		name: "more VMs than KubeVirt moves at once leave one pair after the other",
		given: (given, on) => {
			for (const name of ["one", "two", "three", "four", "five"]) given.vm({ ...db, name, on });
		},
		expected: moved("one", "two", "three", "four", "five"),
	},
	{
		name: "a migration that fails is tried again by KubeVirt after its pause",
		given: (given, on) => given.vm({ ...db, on, migrationFailures: 1 }),
		expected: moved("db"),
	},
	{
		name: "a migration that ends in post-copy has ended only with its last page",
		given: (given, on) => given.vm({ ...db, on, migrationSeconds: 6, postCopy: true }),
		expected: moved("db"),
	},
	{
		name: "a VM that a user's migration is moving already is not moved twice",
		given: (given, on) => given.vm({ ...db, on, migrationSeconds: 6 }),
		play: async (stage) => {
			await migrate(stage, "db");
			await leave(stage);
		},
		expected: moved("db"),
	},
	{
		name: "a VM that comes in while the node is drained arrives first, and leaves again",
		given: (given, on, [other = ""]) => given.vm({ ...db, on: other, migrationSeconds: 6, spec: onlyOn(on, other) }),
		play: leaveWhileOneComesIn,
		expected: released({ db: "came, moved" }, { db: "migrates: migrated" }),
	},
	{
		name: "a VM whose new node is drained as well moves on",
		given: (given, on, others) => given.vm({ ...db, on, migrationSeconds: 6, spec: onlyOn(on, ...others) }),
		play: leaveAndMeanwhile(drainTheTarget),
		expected: released({ db: "moved, moved" }, { db: "migrates: migrated" }),
	},
	{
		name: "a VM that no other node may host stays",
		given: (given, on) => given.vm({ ...db, on, spec: onlyOn(on) }),
		play: leaveIntoTrouble("no-room"),
		expected: held([`no-room ${namespace}/db`], { db: "" }, { db: "blocks: on its way" }),
	},
	{
		// The scheduler does not look at the target again when the neighbour leaves: KubeVirt's term of anti-affinity hides it.
		name: "a migration whose target finds no node is given up after five minutes, and the next one arrives",
		seconds: 390,
		given: (given, on, others) => {
			for (const [index, other] of others.entries())
				given.barePod({ namespace, name: `neighbour-${index}`, on: other, labels: { app: "neighbour" } });
			given.vm({ ...db, on, spec: { affinity: { ...onlyOn(on, ...others).affinity, ...awayFrom("neighbour") } } });
		},
		play: async (stage) => {
			tellToGo(stage);
			await stage.until("a migration looks for a target", async () =>
				(await listed(stage, paths.migrations)).some(({ status }) => status?.phase === "Scheduling"),
			);
			await stage.sleep(5_000);
			await insist(stage, "DELETE", `${paths.pods}/neighbour-0`);
			await untilTaken(stage);
		},
		expected: moved("db"),
	},
	{
		name: "VMIs that are deleted while they migrate are gone, and started again by what owns them",
		given: (given, on) => {
			given.vm({ ...slow, on });
			given.vmi({ ...slow, name: "bare", on });
		},
		play: leaveAndMeanwhile(async (stage) => {
			for (const name of ["db", "bare"]) await insist(stage, "DELETE", `${paths.vmis}/${name}`);
		}),
		expected: released(
			{ db: "ended by deletion, started elsewhere", bare: "ended by deletion" },
			{ db: "migrates: restarted", bare: "migrates: stopped" },
		),
	},
	{
		name: "VMs that a user halts or deletes while they migrate are gone, and the others move",
		given: (given, on) => {
			given.vm({ ...slow, name: "halted", on });
			given.vm({ ...slow, name: "deleted", on });
		},
		play: leaveAndMeanwhile(async (stage) => {
			await insist(stage, "PATCH", `${paths.vms}/halted`, { spec: { runStrategy: "Halted" } });
			await insist(stage, "DELETE", `${paths.vms}/deleted`);
		}),
		expected: released(each(["halted", "deleted"], "ended by deletion"), each(["halted", "deleted"], "migrates: stopped")),
	},
];
