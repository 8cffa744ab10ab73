import type { Policy } from "../../domain/policy.ts";
import type { SimulatedCluster } from "../../local/cluster/simulated-cluster.ts";

/** The node that AWS is going to take. */
export type Leaving = { readonly instanceId: string; readonly node: string };

/** A cluster to drain a node of, and what its operator has allowed in writing. */
export type Scenario = {
	readonly name: string;
	/** One line for the list. */
	readonly says: string;
	readonly policy: Policy;
	/** Fills an empty cluster and says which of its nodes leaves. */
	readonly seed: (cluster: SimulatedCluster) => Leaving;
};
