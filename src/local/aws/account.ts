import { createHash } from "node:crypto";

/** A lifecycle hook as PutLifecycleHook sets it. */
export type HookSettings = {
	readonly name: string;
	/** `launching` hooks are listed and never act here. Default: terminating. */
	readonly transition?: "terminating" | "launching";
	/** 30 to 7200. */
	readonly heartbeatTimeoutSeconds: number;
	readonly defaultResult: "CONTINUE" | "ABANDON";
	readonly metadata?: string;
	/** How the hook tells: by an EventBridge rule, directly to the queue, or both. */
	readonly tells: readonly ("eventbridge" | "sqs")[];
};

export type GroupSettings = {
	readonly name: string;
	readonly hooks: readonly HookSettings[];
	/** InstanceLifecyclePolicy: RetentionTriggers.TerminateHookAbandon is `retain`. */
	readonly retain?: boolean;
};

export type InstanceSettings = {
	readonly instanceId: string;
	/** The name of its Auto Scaling group, if it is in one. */
	readonly group?: string;
	readonly tags?: Readonly<Record<string, string>>;
};

/** How an action ended. `cut short`: another hook of the instance was abandoned. */
export type ActionEnd = "completed" | "lapsed" | "limit" | "cut short";

/** Why an instance was taken; with several hooks, how the decisive one ended. `reclaimed`: EC2 took it past all hooks. */
export type TakenBecause = "completed" | "lapsed" | "limit" | "unhooked" | "retention ended" | "reclaimed";

/** One thing that happened in the account; instants are the clock's epoch milliseconds. */
export type AccountEvent = { readonly at: number; readonly instanceId: string } & (
	| { readonly kind: "terminating"; readonly reason: string }
	| { readonly kind: "waiting"; readonly hook: string; readonly token: string; readonly limitAt: number }
	| { readonly kind: "heartbeat"; readonly hook: string; readonly token: string; readonly nextDueAt: number }
	| {
			readonly kind: "ended";
			readonly hook: string;
			readonly token: string;
			readonly how: ActionEnd;
			readonly result: "CONTINUE" | "ABANDON";
	  }
	| { readonly kind: "tagged"; readonly key: string; readonly value: string }
	| { readonly kind: "untagged"; readonly key: string }
	| { readonly kind: "taken"; readonly why: TakenBecause }
	| { readonly kind: "undelivered"; readonly queue: string; readonly says: string }
	| { readonly kind: "retained" | "shutting-down" | "terminated" }
);

/** min(48 h, 100 × heartbeat time-out), in seconds: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html */
export function globalTimeoutSeconds(hook: HookSettings): number {
	return Math.min(172_800, 100 * hook.heartbeatTimeoutSeconds);
}

/** In the form of a UUID, for what nobody keeps: costs next to nothing. */
export const numberedUuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** 36 characters in the form of a UUID; the same words give the same one. */
export function steadyUuid(...words: readonly (string | number)[]): string {
	const hex = createHash("sha256").update(words.join("\n")).digest("hex");
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
