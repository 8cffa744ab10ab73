import type { PodFacts } from "../domain/look.ts";
import type { Cluster } from "../ports.ts";

/** What a server-side dry run says of KubeVirt's webhook: without it, an eviction shuts a VM down that should migrate. */
export type Guard =
	| { readonly kind: "stands" }
	| { readonly kind: "missing" }
	/** `silent`: the webhook cannot be asked, whatever the pod. `refused`: this pod only, and another one may tell. */
	| { readonly kind: "silent" | "refused"; readonly says: string; readonly retryAfterSeconds?: number };

/** One rehearsal speaks for every pod, unless it was that very pod which was refused. */
export const guardBefore = async (pod: PodFacts, known: Guard | undefined, cluster: Cluster): Promise<Guard> =>
	known === undefined || known.kind === "refused" ? rehearse(pod, cluster) : known;

async function rehearse(pod: PodFacts, cluster: Cluster): Promise<Guard> {
	const answer = await cluster.evict(pod, { dryRun: true });
	if (answer.kind === "guarded") return { kind: "stands" };
	if (answer.kind === "accepted") return { kind: "missing" };
	if (!("says" in answer)) return { kind: "refused", says: "the pod went away during the rehearsal of its eviction" };
	return { ...answer, kind: answer.kind === "unreachable" ? "silent" : "refused" };
}
