import { type Policy, strictPolicy } from "../../../src/domain/policy.ts";
import type { HookSettings } from "../../../src/local/aws/account.ts";
import { leave } from "./plays.ts";
import type { SharedOutcome, SharedScenario, SharedStage } from "./shared-scenario.ts";

/** The shortest hook that is not too short: whatever waits for the next heartbeat waits 100 s at most. */
const promptHook: HookSettings = {
	name: "evacuator",
	heartbeatTimeoutSeconds: 300,
	defaultResult: "ABANDON",
	tells: ["eventbridge"],
};

/** A scenario with everything that it does not say itself. */
export function completed({ policy, hooks, otherNodes, play }: SharedScenario): {
	readonly policy: Policy;
	readonly hooks: readonly HookSettings[];
	readonly otherNodes: number;
	readonly play: (stage: SharedStage) => Promise<void>;
} {
	return { policy: policy ?? strictPolicy, hooks: hooks ?? [promptHook], otherNodes: otherNodes ?? 2, play: play ?? leave };
}

/** What must come of it on this version of KubeVirt ("1.9"). */
export const expectedOn = ({ expected }: SharedScenario, kubevirt: string): SharedOutcome =>
	typeof expected === "function" ? expected(kubevirt) : expected;
