import { createCluster } from "../adapters/kubernetes/cluster.ts";
import type { Send } from "../adapters/kubernetes/send.ts";
import type { Clock, Cluster } from "../ports.ts";
import type { FunctionName } from "./invocation.ts";

/** A cluster as each function reaches it: in its own name. */
export type EmbeddedCluster = {
	readonly name: string;
	readonly connectAs: (name: FunctionName) => Cluster;
};

/** A cluster behind one transport, to which the functions are known by their tokens. */
export function clusterByTokens(options: {
	readonly name: string;
	readonly server?: string;
	readonly send: Send;
	readonly clock: Clock;
	readonly tokenOf: (name: FunctionName) => string;
}): EmbeddedCluster {
	const { tokenOf, ...reach } = options;
	const authorize = (name: FunctionName) => async () => ({ authorization: `Bearer ${tokenOf(name)}` });
	return { name: options.name, connectAs: (name) => createCluster({ ...reach, authorize: authorize(name) }) };
}
