import type { LifecycleState } from "../../ports.ts";
import type { GroupSettings, HookSettings } from "./account.ts";

/** EC2's own state, as far as instances get here. */
export type Ec2State = "running" | "shutting-down" | "terminated";

/** One hook that waits, or waited, for an answer about one instance. */
export type Action = {
	readonly hook: HookSettings;
	readonly token: string;
	readonly limitAt: number;
	lastBeatAt: number;
	ended: boolean;
	cancelTimer: () => void;
};

/** An instance of the account, as it is now. */
export type Instance = {
	readonly instanceId: string;
	readonly group?: GroupSettings;
	readonly tags: Map<string, string>;
	ec2: Ec2State;
	/** Absent when no group has it, or no longer. */
	lifecycle?: LifecycleState;
	actions: readonly Action[];
	/** How often Auto Scaling began to terminate it; tokens differ by it. */
	terminations: number;
	/** AWS has decided to take it. */
	taken: boolean;
};
