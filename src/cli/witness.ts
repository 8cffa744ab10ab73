import type { Look } from "../domain/look.ts";
import type { Cluster, World } from "../ports.ts";

type LookScope = Parameters<Cluster["look"]>[1];

/** Hears each look right after it was made; whoever looked goes on when it has been heard. */
type OnLook = (look: Look, scope: LookScope) => Promise<void>;

/** The same world, with somebody who sees every look that is made in it. */
export function witnessed(world: World, onLook: OnLook): World {
	const clusters = [...world.clusters].map(([name, cluster]) => {
		const look: Cluster["look"] = async (node, scope) => {
			const seen = await cluster.look(node, scope);
			await onLook(seen, scope);
			return seen;
		};
		return [name, { ...cluster, look }] as const;
	});
	return { ...world, clusters: new Map(clusters) };
}
