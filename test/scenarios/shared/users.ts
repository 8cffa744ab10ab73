import { moved } from "./expectations.ts";
import { evict, launchers, namespace, paths, read, setSchedulable } from "./objects.ts";
import { leave, tellToGo, untilTaken } from "./plays.ts";
import type { SharedScenario, SharedStage } from "./shared-scenario.ts";
import { untilAllAreMarked } from "./waits.ts";

const db = { namespace, name: "db", evictionStrategy: "LiveMigrate" } as const;

async function leaveAndBeUncordoned(stage: SharedStage): Promise<void> {
	tellToGo(stage);
	await untilAllAreMarked(stage);
	await setSchedulable(stage, stage.node, true);
	await stage.until(
		"the node is cordoned again",
		async () => (await read(stage, `${paths.nodes}/${stage.node}`)).spec.unschedulable === true,
	);
	await untilTaken(stage);
}

async function evictAndLeave(stage: SharedStage): Promise<void> {
	for (const pod of await launchers(stage, "db")) await evict(stage, pod);
	await leave(stage);
}

/** What people do to a node that is being drained. */
export const users: readonly SharedScenario[] = [
	{
		name: "a user uncordons the node in the middle: it is cordoned again",
		given: (given, on) => given.vm({ ...db, on, migrationSeconds: 12 }),
		play: leaveAndBeUncordoned,
		expected: moved("db"),
	},
	{
		name: "a user has evicted the VM before: it is on its way already",
		given: (given, on) => given.vm({ ...db, on, migrationSeconds: 6 }),
		play: evictAndLeave,
		expected: moved("db"),
	},
];
