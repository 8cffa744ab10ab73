/** Of a drainer on a real control plane: the whole drain of a node with 20 LiveMigrate VMs of 30 s each, two at a time. */
type Recorded = {
	readonly program: string;
	readonly requests: number;
	/** Eviction POSTs; most of them were refused. */
	readonly evictions: number;
	/** VMs that are alive on the node when the program ends, or its hook does. */
	readonly left: number;
	readonly ends: string;
};

/** Counted from the API server's audit log; on KubeVirt 1.7 alone the migrations take some 30 s longer than on 1.9. */
export const recordedOn = "recorded on Kubernetes 1.35.4 with KubeVirt 1.7.0";

export const otherDrainers: readonly Recorded[] = [
	{
		program: "`kubectl drain` 1.35.4",
		requests: 1_584,
		evictions: 789,
		left: 0,
		ends: "at 353.3 s, 2.7 s after the last VM",
	},
	{
		program: "AWS Node Termination Handler 1.25.6, defaults, hook of 300 s",
		requests: 751,
		evictions: 708,
		left: 4,
		ends: "its hook expired at 300.0 s with 4 VMs alive",
	},
	{
		program: "the same, most generous settings",
		requests: 820,
		evictions: 790,
		left: 0,
		ends: "CONTINUE 1.4 s after the last VM, which left at 353.6 s",
	},
	{
		program: "the same with `USE_APISERVER_CACHE=true`",
		requests: 6,
		evictions: 0,
		left: 20,
		ends: "CONTINUE at 1.1 s with 20 VMs alive",
	},
];
