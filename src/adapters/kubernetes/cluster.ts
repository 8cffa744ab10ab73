import { instanceOf } from "../../domain/identity.ts";
import type { Cluster } from "../../ports.ts";
import { announceOnNode } from "./announce.ts";
import { type ClusterApiOptions, createClusterApi } from "./cluster-api.ts";
import { cordonNode } from "./cordon.ts";
import { cancelEvacuation, cancelMigration } from "./evacuation-cancel.ts";
import { evictPod } from "./eviction.ts";
import { follow } from "./following.ts";
import { isObjectName } from "./object-name.ts";
import { observe } from "./observe.ts";
import { listNodes, readNode } from "./reads.ts";
import { uncordonNode } from "./uncordon.ts";

/** A cluster behind `send`: sockets, or a simulated API server's function. Opens nothing before it is asked. */
export function createCluster(options: ClusterApiOptions): Cluster {
	const api = createClusterApi(options);
	return {
		name: options.name,
		async findNodes(by) {
			if ("instanceId" in by) return (await listNodes(api)).filter((node) => instanceOf(node.providerId) === by.instanceId);
			const node = isObjectName(by.name) ? await readNode(api, by.name) : undefined;
			return node ? [node] : [];
		},
		async look(node, scope) {
			return (await observe(api, node.name, scope)).look;
		},
		follow: (node, seconds) => follow(api, node.name, seconds),
		cordon: (node, annotations) => cordonNode(api, node, annotations),
		uncordon: (node, what) => uncordonNode(api, node, what),
		cancelEvacuation: (vmi, node) => cancelEvacuation(api, vmi, node),
		cancelMigration: (migration) => cancelMigration(api, migration),
		evict: (pod, { dryRun } = { dryRun: false }) => evictPod(api, pod, dryRun),
		announce: (node, event) => announceOnNode(api, node, event),
	};
}
