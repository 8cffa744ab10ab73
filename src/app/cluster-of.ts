import type { World } from "../ports.ts";

const nameTags = ["aws:eks:cluster-name", "eks:cluster-name", "alpha.eksctl.io/cluster-name"];
const ownerPrefix = "kubernetes.io/cluster/";

/** The configured cluster that an instance's tags name; undefined when they name none of ours. */
export function clusterOf(tags: Readonly<Record<string, string>>, { clusters }: Pick<World, "clusters">): string | undefined {
	const owned = Object.entries(tags)
		.filter(([tag, value]) => tag.startsWith(ownerPrefix) && (value === "owned" || value === "shared"))
		.map(([tag]) => tag.slice(ownerPrefix.length));
	const named = nameTags.flatMap((tag) => tags[tag] ?? []);
	return [...named, ...owned].find((name) => clusters.has(name));
}
