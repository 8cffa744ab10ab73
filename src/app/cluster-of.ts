import type { InstanceFacts, World } from "../ports.ts";

const nameTags = ["aws:eks:cluster-name", "eks:cluster-name", "alpha.eksctl.io/cluster-name"];
const ownerPrefix = "kubernetes.io/cluster/";

type Clusters = Pick<World, "clusters">;

/**
 * The configured cluster that an instance belongs to: the one that its tags name, else the one that has its Node, for
 * whoever makes nodes by hand need not tag them. A sentence that says why none, for a human to see.
 */
export async function clusterOf(
	{ instanceId, tags }: Pick<InstanceFacts, "instanceId" | "tags">,
	world: Clusters,
): Promise<{ readonly cluster: string } | { readonly why: string }> {
	const tagged = taggedCluster(tags, world);
	if (tagged) return { cluster: tagged };
	const [cluster, another] = await clustersWithNode(instanceId, world);
	const untagged = `instance ${instanceId} carries the tag of no configured cluster`;
	if (!cluster) return { why: `${untagged}, and none has its Node` };
	return another ? { why: `${untagged}, and both ${cluster} and ${another} have a Node of it` } : { cluster };
}

function taggedCluster(tags: Readonly<Record<string, string>>, { clusters }: Clusters): string | undefined {
	const owned = Object.entries(tags)
		.filter(([tag, value]) => tag.startsWith(ownerPrefix) && (value === "owned" || value === "shared"))
		.map(([tag]) => tag.slice(ownerPrefix.length));
	const named = nameTags.flatMap((tag) => tags[tag] ?? []);
	return [...named, ...owned].find((name) => clusters.has(name));
}

/** When none of those that answer has it, throws what one threw that did not: it may be the one. */
async function clustersWithNode(instanceId: string, { clusters }: Clusters): Promise<readonly string[]> {
	const answers = await Promise.allSettled(
		[...clusters].map(async ([name, cluster]) => ((await cluster.findNodes({ instanceId })).length > 0 ? [name] : [])),
	);
	const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
	const silent = answers.find((answer) => answer.status === "rejected");
	if (found.length === 0 && silent) throw silent.reason;
	return found;
}
