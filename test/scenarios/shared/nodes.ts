import { each, held, moved, released } from "./expectations.ts";
import { namespace, paths, read, setSchedulable } from "./objects.ts";
import { leave, leaveIntoTrouble, leaveOnceMended } from "./plays.ts";
import type { SharedScenario, SharedStage } from "./shared-scenario.ts";

type Condition = { readonly type: string; readonly status: string };

const isReady = async (stage: SharedStage): Promise<boolean> => {
	const { status } = await read(stage, `${paths.nodes}/${stage.node}`);
	return ((status?.conditions ?? []) as readonly Condition[]).some(
		(condition) => condition.type === "Ready" && condition.status === "True",
	);
};

/** Nothing of it is heard for a minute, which is too short for Kubernetes to delete what runs there. */
async function leaveSilent(stage: SharedStage): Promise<void> {
	await stage.faults.kubelet(stage.node, "down");
	await stage.until("the node is not ready", async () => !(await isReady(stage)));
	await leaveOnceMended("node-not-ready", async ({ node, faults, sleep }) => {
		await sleep(5_000);
		await faults.kubelet(node, "up");
	})(stage);
}

/** What the node itself is, or is made to be. */
export const nodes: readonly SharedScenario[] = [
	{
		name: "nothing runs on the node",
		given: () => {},
		expected: released({}, {}),
	},
	{
		name: "the node was cordoned before by somebody else",
		given: (given, on) => given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 }),
		play: async (stage) => {
			await setSchedulable(stage, stage.node, false);
			await leave(stage);
		},
		expected: moved("db"),
	},
	{
		name: "a node that is not ready is held, and drained when it is heard of again",
		given: (given, on) => given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 }),
		play: leaveSilent,
		expected: moved("db"),
	},
	{
		name: "a VM that tolerates the cordon is not shut down to come back to the same node",
		given: (given, on) => {
			const tolerations = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }];
			given.vm({ namespace, name: "db", on, spec: { tolerations } });
		},
		play: leaveIntoTrouble("vm-blocks"),
		expected: held([`vm-blocks ${namespace}/db`], { db: "" }, each(["db"], "blocks: on its way")),
	},
];
