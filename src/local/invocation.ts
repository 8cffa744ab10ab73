import type { World } from "../ports.ts";

export type FunctionName = "intake" | "assess" | "cordon" | "admit" | "evict" | "watch" | "release" | "restore" | "sweep";

/** One invocation: which function, with what, on which world, and the request's id, which is the only one of its kind. */
export type Invocation = {
	readonly name: FunctionName;
	readonly event: unknown;
	readonly requestId: string;
	readonly world: World;
	readonly ordersQueueArn: string;
};
