import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import type { FaultKind } from "./fault.ts";
import type { Sent } from "./messages.ts";

/** What a run has left behind to be judged by. */
export type Evidence = {
	readonly clock: VirtualClock;
	readonly cluster: SimulatedCluster;
	readonly node: string;
	/** Every message that was put on a queue. */
	readonly sent: readonly Sent[];
	/** Every log line; `begun`: when the invocation that says it began. */
	readonly says: (Readonly<Record<string, unknown>> & { readonly begun: number })[];
	/** What was seen to be broken while it happened. */
	readonly broken: {
		readonly record: readonly string[];
		readonly disobeyed: readonly string[];
		readonly letGo: readonly string[];
		readonly pause: readonly string[];
	};
	readonly notices: { readonly subject: string; readonly message: string }[];
	readonly entered: { readonly execution: string; readonly state: string }[];
	/** Every CompleteLifecycleAction that left a function, by the true clock. */
	readonly completions: { readonly at: number; readonly hook: string; readonly by: string; readonly lookBeganAt: number }[];
	/** Tokens that wait for an answer, with their hooks. */
	readonly live: Map<string, string>;
	/** When another Node of the same name appeared. */
	recreated: { readonly at: number; readonly unschedulable: boolean } | undefined;
	/** How often each kind of fault has struck. */
	readonly fired: ReadonlyMap<FaultKind, number>;
};

/** Says what is wrong, one sentence each. */
export type Judge = (evidence: Evidence, ground: EmbeddedGround) => readonly string[] | Promise<readonly string[]>;
