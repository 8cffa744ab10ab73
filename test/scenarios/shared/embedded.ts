import { clusterRoles } from "../../../infra/cluster-roles.ts";
import type { AccessRule } from "../../../src/local/cluster/api/authorization.ts";
import type { FunctionName } from "../../../src/local/embedded-ground.ts";
import { drill, type Stage } from "../drill.ts";
import { rulesWithout } from "./rules-without.ts";
import { completed } from "./shared-defaults.ts";
import { outcomeOf, truthOf } from "./shared-outcome.ts";
import type { SharedFaults, SharedOutcome, SharedScenario, SharedStage } from "./shared-scenario.ts";

/** Epoch milliseconds at which every drill begins. */
const BEGAN = Date.UTC(2026, 0, 1);
const MINUTES = 10;

/** As which every scenario is played. */
export const kubevirtVersions = ["1.9", "1.7", "1.5"] as const;

/** Plays a scenario over the simulated cluster, as this version of KubeVirt ("1.9"), in virtual time. */
export async function playEmbedded(scenario: SharedScenario, kubevirtVersion: string): Promise<SharedOutcome> {
	const { policy, hooks, otherNodes, play } = completed(scenario);
	const { record, violations, stage } = await drill({
		seed: ({ add }, node, others) => scenario.given(add, node, others),
		kubevirt: { kubevirtVersion: `${kubevirtVersion}.0`, ...scenario.kubevirt },
		policy,
		hooks,
		otherNodes,
		play: (stage) => play(sharedStage(stage)),
	});
	const { events } = stage.cluster.truth;
	return outcomeOf({ record, violations, events, began: BEGAN, node: stage.node });
}

function sharedStage(stage: Stage): SharedStage {
	const { clock, cluster, node, others, ground, hasEntered } = stage;
	return {
		node,
		others,
		ground,
		hasEntered,
		faults: faultsOf(stage),
		turn: (namespace, name, knobs) => cluster.knobs.turn(namespace, name, knobs),
		kubectl: (method, path, body) => cluster.kubectl(method, path, body),
		sleep: (ms) => clock.sleep(ms),
		until: (what, holds, minutes = MINUTES) => stage.until(holds, what, minutes),
		record: () => stage.record(),
		truth: () => truthOf(cluster.truth.events, BEGAN),
	};
}

function faultsOf({ cluster, tokens }: Stage): SharedFaults {
	const rules = new Map<FunctionName, readonly AccessRule[]>();
	return {
		virtApi: async (state) => cluster.faults.virtApi(state),
		virtController: async (state) => cluster.faults.program("virt-controller", state),
		apiServer: apiServerSwitch(cluster),
		kubelet: async (node, state) => cluster.faults.kubelet(node, state),
		removeWebhooks: async () => cluster.faults.removeWebhooks(),
		forbid: async (name, verb, resource) => {
			const left = rulesWithout(rules.get(name) ?? clusterRoles[name], verb, resource);
			rules.set(name, left);
			cluster.users.add({ name: `evacuator-${name}`, rules: left, token: tokens[name] });
		},
		crash: async (namespace, name) => cluster.faults.crash(namespace, name),
	};
}

/** Down: every request and every watch that is open breaks. */
function apiServerSwitch({ faults: { api } }: Stage["cluster"]): SharedFaults["apiServer"] {
	let goesDown = new AbortController();
	let comesBack = () => {};
	const watchUntilDown = () => {
		goesDown = new AbortController();
		api.add({ match: ({ verb }) => verb === "watch", effect: { cutWatch: { how: "reset", on: goesDown.signal } } });
	};
	watchUntilDown();
	return async (state) => {
		if (state === "up") return comesBack();
		comesBack = api.add({ match: () => true, effect: "reset" });
		goesDown.abort();
		watchUntilDown();
	};
}
