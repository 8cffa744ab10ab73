import { released } from "./expectations.ts";
import { namespace } from "./objects.ts";
import { leaveAndMeanwhile } from "./plays.ts";
import type { SharedScenario, SharedStage } from "./shared-scenario.ts";

const policy = { mayEnd: [{ namespace, name: "*" }] };

const crash = async ({ faults }: SharedStage): Promise<void> => {
	for (const name of ["db", "bare"]) await faults.crash(namespace, name);
};

/** What guests do when they are asked to stop, or by themselves. */
export const guests: readonly SharedScenario[] = [
	{
		name: "guests that do not hear the power button are killed after their grace, and count as failed",
		given: (given, on) => {
			const deaf = { namespace, on, ignoresAcpi: true, terminationGracePeriodSeconds: 5 };
			given.vm({ ...deaf, name: "always" });
			given.vm({ ...deaf, name: "rerun", runStrategy: "RerunOnFailure" });
		},
		policy,
		expected: released(
			{ always: "ended by eviction, started elsewhere", rerun: "ended by eviction, started elsewhere" },
			{ always: "restarts elsewhere: restarted", rerun: "stops: restarted" },
		),
	},
	{
		name: "a guest that takes its time to shut down is waited for",
		given: (given, on) => given.vm({ namespace, name: "db", on, shutdownSeconds: 15, terminationGracePeriodSeconds: 40 }),
		expected: released({ db: "ended by eviction, started elsewhere" }, { db: "restarts elsewhere: restarted" }),
	},
	{
		name: "guests that crash while they migrate are started again by what owns them",
		given: (given, on) => {
			const slow = { namespace, on, evictionStrategy: "LiveMigrate", migrationSeconds: 15 } as const;
			given.vm({ ...slow, name: "db" });
			given.vmi({ ...slow, name: "bare" });
		},
		play: leaveAndMeanwhile(crash),
		expected: released(
			{ db: "ended by crash, started elsewhere", bare: "ended by crash" },
			{ db: "migrates: restarted", bare: "migrates: stopped" },
		),
	},
];
