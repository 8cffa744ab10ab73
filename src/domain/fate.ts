/**
 * What will become of a VM when its launcher is evicted.
 *
 * `migrates`: moves while it runs. `restarts elsewhere`: its VirtualMachine starts it again. `is replaced`: its replica
 * set starts another. `stops`: shut down, and only a human starts it again. `is lost`: shut down, and nothing brings it
 * back. `blocks`: it will not go, and is not evicted.
 */
export type FateKind = "migrates" | "restarts elsewhere" | "is replaced" | "stops" | "is lost" | "blocks";

export type Fate = {
	readonly kind: FateKind;
	/** One clause that says why, for the operator: names the strategy, the owner, the reason KubeVirt gives. */
	readonly why: string;
	/** Only with `blocks`: what would have to change. `soon` and `room` may pass by themselves. */
	readonly until?: "soon" | "room" | "operator";
	/** Only with `migrates`, strategy External: another controller has to move it once it is marked. */
	readonly by?: "kubevirt" | "external";
};
