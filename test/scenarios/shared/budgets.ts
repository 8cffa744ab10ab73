import { held, moved, released } from "./expectations.ts";
import { insist, namespace, paths } from "./objects.ts";
import { leaveIntoTrouble, leaveOnceMended } from "./plays.ts";
import type { SharedScenario } from "./shared-scenario.ts";

const web = { namespace, name: "web", matchLabels: { app: "web" } };

/** PodDisruptionBudgets in the way of pods and of VMs. */
export const budgets: readonly SharedScenario[] = [
	{
		name: "a pod leaves when its budget, which had no room, is given some",
		given: (given, on) => {
			given.statefulSet({ namespace, name: "web", on: [on] });
			given.pdb({ ...web, minAvailable: 1 });
		},
		play: leaveOnceMended("eviction-refused", (stage) =>
			insist(stage, "PATCH", `${paths.budgets}/web`, { spec: { minAvailable: 0 } }),
		),
		expected: released({}, {}),
	},
	{
		name: "pods of one budget leave one after the other, as their fellows become ready elsewhere",
		given: (given, on) => {
			given.deployment({ namespace, name: "web", on: [on, on, on], startSeconds: 2 });
			given.pdb({ ...web, minAvailable: 2 });
		},
		expected: released({}, {}),
	},
	{
		name: "a pod of two budgets, which the eviction API does not support, leaves when one of them is gone",
		given: (given, on) => {
			given.statefulSet({ namespace, name: "web", on: [on] });
			for (const name of ["one", "another"]) given.pdb({ ...web, name, maxUnavailable: 1 });
		},
		play: leaveOnceMended("eviction-refused", (stage) => insist(stage, "DELETE", `${paths.budgets}/another`)),
		expected: released({}, {}),
	},
	{
		name: "a bare pod under maxUnavailable can never be evicted, and holds the node",
		given: (given, on) => {
			given.barePod({ namespace, name: "web", on });
			given.pdb({ ...web, maxUnavailable: 1 });
		},
		play: leaveIntoTrouble("eviction-refused"),
		expected: held([`eviction-refused ${namespace}/web`]),
	},
	{
		name: "a VM that would be restarted stays while a user's budget forbids it",
		given: (given, on) => {
			given.vm({ namespace, name: "db", on });
			given.pdb({ namespace, name: "db", matchLabels: { app: "db" }, minAvailable: 1 });
		},
		play: leaveIntoTrouble("eviction-refused"),
		expected: held([`eviction-refused ${namespace}/virt-launcher-db`], { db: "" }, { db: "restarts elsewhere: on its way" }),
	},
	{
		name: "a VM that migrates is not kept by a user's budget: KubeVirt answers before it is asked",
		given: (given, on) => {
			given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 });
			given.pdb({ namespace, name: "db", matchLabels: { app: "db" }, minAvailable: 1 });
		},
		expected: moved("db"),
	},
];
