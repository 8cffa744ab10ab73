import type { SharedScenario } from "../../scenarios/shared/shared-scenario.ts";
import { countRequests, type RequestCounts } from "../audit/count-requests.ts";
import { KUBECTL_USER, kubectlDrain, writeKubectlConfig } from "../audit/kubectl-drain.ts";
import type { Lane } from "./lane.ts";
import { onStage } from "./play-real.ts";

/** What `kubectl drain` came to on the stage of a scenario. */
export type KubectlOutcome = { readonly exitCode: number | null; readonly requests: RequestCounts };

/** It would repeat a refusal for ever; a drain that ends well takes less than this. */
const PATIENCE_SECONDS = 60;

/** Whether the story is one that `kubectl drain` can be in: the node is told to go, and nothing else happens. */
export const kubectlCanDo = ({ play }: SharedScenario): boolean => play === undefined;

/** Sets the stage of the scenario once more and has the real `kubectl drain` empty the node. */
export const drainByKubectl = (scenario: SharedScenario, lane: Lane, kubectl: string): Promise<KubectlOutcome> =>
	onStage(scenario, lane, async ({ node }) => {
		const kubeconfig = await writeKubectlConfig(lane.plane);
		const { exitCode, beganAt, endedAt } = await kubectlDrain({ kubectl, kubeconfig, node, timeoutSeconds: PATIENCE_SECONDS });
		await lane.observer.look();
		const span = { from: beganAt, until: endedAt };
		return { exitCode, requests: await countRequests(lane.plane.auditLog, (user) => user === KUBECTL_USER, span) };
	});
