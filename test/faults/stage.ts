import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import type { Plan } from "./plan.ts";

export const LEAVING = "i-0aaaaaaaaaaaaaaa1";
export const NAMESAKE = "i-0bbbbbbbbbbbbbbb2";

/** What a mishap can reach. */
export type Stage = {
	readonly plan: Plan;
	readonly clock: VirtualClock;
	readonly cluster: SimulatedCluster;
	readonly ground: EmbeddedGround;
	/** The node that leaves. */
	readonly node: string;
	/** Puts a message on a queue, and knows of it from then on. */
	post(queue: "events" | "orders", body: string): void;
	/** Every message of so far. */
	readonly posted: readonly { readonly queue: "events" | "orders"; readonly body: string }[];
	/** The event of a hook that nobody has been told of; undefined when there is none. */
	untold(): string | undefined;
	/** An order lets this VM (`namespace/name`) end. */
	allow(vm: string): void;
	/** The Node of the same name is another one from now on. */
	recreated(as: { readonly unschedulable: boolean }): void;
	/** KubeVirt guards no eviction from now on. */
	webhookGone(): void;
	/** No function runs until then. */
	outage(of: "functions" | "table", until: number): void;
	/** Lambda has refused to run Intake just now. */
	intakeRefused(): void;
	/** No fault lasts longer than until then. */
	lastsUntil(at: number): void;
	/** Something throws that nobody awaits. */
	broken(fault: unknown): void;
};
