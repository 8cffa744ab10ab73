import { each, held, moved } from "./expectations.ts";
import { namespace } from "./objects.ts";
import { leaveIntoTrouble, leaveOnceMended, order, tellToGo, untilTaken, WATCHED_MS } from "./plays.ts";
import type { Given, SharedScenario, SharedStage } from "./shared-scenario.ts";
import { untilAllAreMarked } from "./waits.ts";

const names = ["one", "two"];
const twoVms = (given: Given, on: string): void => {
	for (const name of names) given.vm({ namespace, name, on, evictionStrategy: "LiveMigrate", migrationSeconds: 4 });
};
const notMoved = each(names, "");
const onTheirWay = each(names, "migrates: on its way");

async function leaveWithoutVirtController(stage: SharedStage): Promise<void> {
	await stage.faults.virtController("down");
	tellToGo(stage);
	await untilAllAreMarked(stage);
	await stage.sleep(WATCHED_MS);
	await stage.faults.virtController("up");
	await untilTaken(stage);
}

/** In the middle of a Watch. Who comes to a closed door holds for five minutes, unless somebody sends an order. */
async function leaveWhileTheApiServerRestarts(stage: SharedStage): Promise<void> {
	tellToGo(stage);
	await stage.until("the drain watches", () => stage.hasEntered("Watch"));
	await stage.sleep(2_000);
	await stage.faults.apiServer("down");
	const hasLost = () => stage.hasEntered("Wait") || stage.hasEntered("Hold");
	await stage.until("the drain has lost its watches", hasLost, 0.25);
	await stage.faults.apiServer("up");
	await order(stage, "the API server is back");
	await untilTaken(stage);
}

const leaveForbidden =
	(...what: Parameters<SharedStage["faults"]["forbid"]>) =>
	async (stage: SharedStage): Promise<void> => {
		await stage.faults.forbid(...what);
		tellToGo(stage);
		await stage.until("the drain holds", () => stage.hasEntered("Hold"));
		await stage.sleep(WATCHED_MS);
	};

/** Parts of the control plane that are down, restart, lack a rule, or have lost their guard. */
export const controlPlane: readonly SharedScenario[] = [
	{
		name: "virt-api is down: nothing is evicted past KubeVirt's guard, and the drain goes on when it is back",
		given: twoVms,
		play: async (stage) => {
			await stage.faults.virtApi("down");
			await leaveOnceMended("guard-unreachable", ({ faults }) => faults.virtApi("up"))(stage);
		},
		expected: moved(...names),
	},
	{
		name: "virt-controller is down: what is marked moves when it is back",
		given: twoVms,
		play: leaveWithoutVirtController,
		expected: moved(...names),
	},
	{
		name: "kube-apiserver is restarted in the middle of the drain",
		given: twoVms,
		play: leaveWhileTheApiServerRestarts,
		expected: moved(...names),
	},
	{
		name: "KubeVirt's webhooks are gone: a trial eviction tells, and no VM is shut down",
		given: twoVms,
		play: async (stage) => {
			await stage.faults.removeWebhooks();
			await leaveIntoTrouble("guard-missing", "eviction-refused")(stage);
		},
		// Until 1.5 every VM has a budget of KubeVirt's own, and that refuses as well.
		expected: (kubevirt) =>
			kubevirt === "1.5"
				? held(
						names.map((name) => `eviction-refused ${namespace}/virt-launcher-${name}`),
						notMoved,
						onTheirWay,
					)
				: held([`guard-missing ${namespace}/virt-launcher-one`], notMoved, onTheirWay),
	},
	{
		name: "Evict may not evict: the instance is held",
		given: twoVms,
		play: leaveForbidden("evict", "create", "pods/eviction"),
		expected: held([], notMoved, onTheirWay),
	},
	{
		name: "Assess may not list VMIs: nothing is known, and the instance is held",
		given: twoVms,
		play: leaveForbidden("assess", "list", "virtualmachineinstances"),
		expected: held([], notMoved),
	},
];
