import { moved, released } from "./expectations.ts";
import { listed, namespace, paths } from "./objects.ts";
import { tellToGo, untilTaken } from "./plays.ts";
import type { SharedScenario, SharedStage } from "./shared-scenario.ts";

/** Where each pod of the shop is, by its name without what was made up: `web elsewhere`. */
async function placesOf(stage: SharedStage): Promise<readonly string[]> {
	const pods = await listed(stage, paths.pods);
	return pods
		.filter(({ metadata, status }) => status?.phase === "Running" && metadata.deletionTimestamp === undefined)
		.map(({ metadata, spec }) => {
			const name = metadata.name.replace(/^(web|agent|static)-.*/, "$1");
			return `${name} ${spec.nodeName === stage.node ? "here" : "elsewhere"}`;
		})
		.sort();
}

/** Leaves by its hook; before AWS takes the instance, the pods are where they have to be. */
const leaveWithPods =
	(...places: readonly string[]) =>
	async (stage: SharedStage): Promise<void> => {
		tellToGo(stage);
		await stage.until(`pods are so: ${places.join(", ")}`, async () => {
			const are = await placesOf(stage);
			return are.length === places.length && are.every((place, index) => place === places[index]);
		});
		await untilTaken(stage);
	};

/** Pods that carry no VM. */
export const pods: readonly SharedScenario[] = [
	{
		name: "pods of a Deployment and of a StatefulSet leave and bare ones go; those of a DaemonSet and mirrors stay",
		given: (given, on, [other = ""]) => {
			given.deployment({ namespace, name: "web", on: [on] });
			given.statefulSet({ namespace, name: "queue", on: [other, on] });
			given.daemonSet({ namespace, name: "agent", spec: { nodeSelector: { "kubernetes.io/hostname": on } } });
			given.mirrorPod({ namespace, name: "static", on });
			given.barePod({ namespace, name: "bare", on });
		},
		play: leaveWithPods("agent here", "queue-0 elsewhere", "queue-1 elsewhere", "static here", "web elsewhere"),
		expected: released({}, {}),
	},
	{
		name: "a pod that takes its time to end is waited for, and VMs move meanwhile",
		given: (given, on) => {
			given.barePod({ namespace, name: "slow", on, shutdownSeconds: 40, terminationGracePeriodSeconds: 60 });
			given.vm({ namespace, name: "db", on, evictionStrategy: "LiveMigrate", migrationSeconds: 3 });
		},
		expected: moved("db"),
	},
];
