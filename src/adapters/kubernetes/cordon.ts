import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { isSameNode, type NodeIdentity } from "../../domain/identity.ts";
import { answerOf, faultOf } from "./api-status.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { nodeFacts } from "./facts/node-facts.ts";
import { requireObjectName } from "./object-name.ts";
import { readNode } from "./reads.ts";

type Cordoned = "cordoned" | "not ours" | "no node";

/** A patch with another uid is invalid; a Node that is replaced while it is patched is a conflict. */
export const MAY_BE_ANOTHER = new Set([409, 422]);

/**
 * Cordons this very Node: its uid is in the patch, so the API server refuses to touch a namesake, as controllers use it to
 * adopt objects. A Node that is cordoned already gets the annotations all the same.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/controller_ref_manager.go
 */
export async function cordonNode(
	api: ClusterApi,
	node: NodeIdentity,
	annotations: Readonly<Record<string, string>>,
): Promise<Cordoned> {
	const name = requireObjectName("Node", node.name);
	const body = { metadata: { uid: node.uid, annotations }, spec: { unschedulable: true } };
	const asPatch = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
	const answer = await answerOf(api.core.patchNode({ name, body }, asPatch));
	if ("value" in answer) return isSameNode(nodeFacts(answer.value), node) ? "cordoned" : "not ours";
	if (answer.status.code === 404) return "no node";
	if (MAY_BE_ANOTHER.has(answer.status.code) && !(await isStillOurs(api, node))) return "not ours";
	throw faultOf(answer.status, `cordon Node ${name}`);
}

/** Whether the Node of this name still is this one. */
export async function isStillOurs(api: ClusterApi, node: NodeIdentity): Promise<boolean> {
	const now = await readNode(api, node.name);
	return now !== undefined && isSameNode(now, node);
}
