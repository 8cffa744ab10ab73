import type { Cluster, World } from "../../../src/ports.ts";

/** How many effects there were so far, and whether the process has ended. */
export type Effects = { count: number; crashed: boolean };

/** As Lambda tells of a process that ended. */
class ProcessEnded extends Error {
	override readonly name = "Lambda.Unknown";
}

/** A world in which the process ends directly after its so-manieth effect, once in the life of `seen`. */
export function crashAfter(effects: number, seen: Effects, world: World): World {
	const then = async <T>(effect: Promise<T>): Promise<T> => {
		const answer = await effect;
		seen.count += 1;
		if (seen.crashed || seen.count !== effects) return answer;
		seen.crashed = true;
		throw new ProcessEnded("RequestId: 1 Error: Runtime exited with error: signal: killed");
	};
	const crashing = (cluster: Cluster): Cluster => ({
		...cluster,
		uncordon: (node, what) => then(cluster.uncordon(node, what)),
		cancelEvacuation: (vmi, node) => then(cluster.cancelEvacuation(vmi, node)),
		cancelMigration: (migration) => then(cluster.cancelMigration(migration)),
	});
	const { instances, records } = world;
	return {
		...world,
		clusters: new Map([...world.clusters].map(([name, cluster]) => [name, crashing(cluster)])),
		instances: { ...instances, unmark: (instanceId) => then(instances.unmark(instanceId)) },
		records: { ...records, replace: (was, next) => then(records.replace(was, next)) },
	};
}
