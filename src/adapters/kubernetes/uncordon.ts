import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { isSameNode, type NodeIdentity } from "../../domain/identity.ts";
import type { Cluster } from "../../ports.ts";
import { answerOf, faultOf } from "./api-status.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { isStillOurs, MAY_BE_ANOTHER } from "./cordon.ts";
import { nodeFacts } from "./facts/node-facts.ts";
import { requireObjectName } from "./object-name.ts";

/**
 * Takes annotations off this very Node and, if asked, its cordon, in one patch with the Node's uid in it: a namesake is
 * never touched, and nothing is left half done.
 */
export async function uncordonNode(
	api: ClusterApi,
	node: NodeIdentity,
	{ schedulable, annotations }: Parameters<Cluster["uncordon"]>[1],
): Promise<"uncordoned" | "not ours" | "no node"> {
	const name = requireObjectName("Node", node.name);
	const removed = Object.fromEntries(annotations.map((annotation) => [annotation, null]));
	const body = {
		metadata: { uid: node.uid, annotations: removed },
		...(schedulable && { spec: { unschedulable: null } }),
	};
	const asPatch = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
	const answer = await answerOf(api.core.patchNode({ name, body }, asPatch));
	if ("value" in answer) return isSameNode(nodeFacts(answer.value), node) ? "uncordoned" : "not ours";
	if (answer.status.code === 404) return "no node";
	if (MAY_BE_ANOTHER.has(answer.status.code) && !(await isStillOurs(api, node))) return "not ours";
	throw faultOf(answer.status, `uncordon Node ${name}`);
}
