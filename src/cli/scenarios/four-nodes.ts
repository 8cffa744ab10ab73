import type { SimulatedCluster } from "../../local/cluster/simulated-cluster.ts";
import type { Leaving } from "./scenario.ts";

const nodes = [
	{ zone: "eu-west-1a", address: "10-0-1-23", instanceId: "i-0f3c9a1b2d4e5f607" },
	{ zone: "eu-west-1b", address: "10-0-2-31", instanceId: "i-0b7d4c2e9f1a30585" },
	{ zone: "eu-west-1c", address: "10-0-3-42", instanceId: "i-04e8a6d1c5b92f733" },
	{ zone: "eu-west-1a", address: "10-0-1-57", instanceId: "i-09a2f7e4b8c6d1e10" },
] as const;

/** Four nodes in three zones. The first one leaves; the other three have room for everything on it. */
export function addFourNodes({ add }: SimulatedCluster): Leaving & { readonly others: readonly [string, string, string] } {
	const [leaving, ...others] = nodes.map(({ zone, address, instanceId }) => {
		const name = `ip-${address}.eu-west-1.compute.internal`;
		add.node({ name, zone, instanceId });
		return name;
	}) as [string, string, string, string];
	return { instanceId: nodes[0].instanceId, node: leaving, others };
}
