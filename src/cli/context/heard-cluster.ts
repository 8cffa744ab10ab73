import type { Look } from "../../domain/look.ts";
import type { Cluster } from "../../ports.ts";

/** The same cluster, with somebody who hears of every look at it, those of its watches too. */
export function withListener(cluster: Cluster, hear: (look: Look) => void): Cluster {
	return {
		...cluster,
		async look(node, scope) {
			const look = await cluster.look(node, scope);
			hear(look);
			return look;
		},
		async follow(node, seconds) {
			const following = await cluster.follow(node, seconds);
			hear(following.look);
			return {
				get look() {
					return following.look;
				},
				async next() {
					const look = await following.next();
					if (look) hear(look);
					return look;
				},
				close: () => following.close(),
			};
		},
	};
}

type Gate = {
	readonly cluster: Cluster;
	/** From now on nothing in the cluster is changed any more; resolves when what is on its way has been answered. */
	close(): Promise<void>;
};

/** The same cluster, whose changes can be shut off: a change that comes after that is never made and never answered. */
export function withGate(cluster: Cluster): Gate {
	const onTheirWay = new Set<Promise<unknown>>();
	let isClosed = false;
	const pass = <T>(change: () => Promise<T>): Promise<T> => {
		if (isClosed) return new Promise<T>(() => {});
		const made = change();
		onTheirWay.add(made);
		return made.finally(() => onTheirWay.delete(made));
	};
	return {
		cluster: {
			...cluster,
			cordon: (node, annotations) => pass(() => cluster.cordon(node, annotations)),
			uncordon: (node, what) => pass(() => cluster.uncordon(node, what)),
			cancelEvacuation: (vmi, node) => pass(() => cluster.cancelEvacuation(vmi, node)),
			cancelMigration: (migration) => pass(() => cluster.cancelMigration(migration)),
			evict: (pod, options) => pass(() => cluster.evict(pod, options)),
			announce: (node, event) => pass(() => cluster.announce(node, event)),
		},
		async close() {
			isClosed = true;
			await Promise.allSettled(onTheirWay);
		},
	};
}
