import { createHash } from "node:crypto";
import type { CoreV1Event } from "@kubernetes/client-node";
import type { NodeIdentity } from "../../domain/identity.ts";
import { shortened } from "../../domain/shortened.ts";
import type { Cluster } from "../../ports.ts";
import { answerOf, faultOf } from "./api-status.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { requireObjectName } from "./object-name.ts";

/** Events about objects without a namespace live here: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
const NAMESPACE = "default";
const LONGEST_MESSAGE = 1_024;
const LONGEST_STEM = 200;

type NodeEvent = Parameters<Cluster["announce"]>[1];

/** Creates an Event on the Node. Its name follows from what it says: said twice, as by a step that is repeated, it stays one. */
export async function announceOnNode({ core, clock }: ClusterApi, node: NodeIdentity, event: NodeEvent): Promise<void> {
	const name = requireObjectName("Node", node.name);
	const digest = createHash("sha256").update([node.uid, event.type, event.reason, event.message].join("\n")).digest("hex");
	const now = new Date(clock.now());
	const body: CoreV1Event = {
		apiVersion: "v1",
		kind: "Event",
		metadata: { name: `${name.slice(0, LONGEST_STEM).replace(/[-.]+$/, "")}.${digest.slice(0, 16)}`, namespace: NAMESPACE },
		involvedObject: { apiVersion: "v1", kind: "Node", name, uid: node.uid },
		type: event.type,
		reason: event.reason,
		message: shortened(event.message, LONGEST_MESSAGE),
		source: { component: "evacuator" },
		reportingComponent: "evacuator",
		reportingInstance: "evacuator",
		firstTimestamp: now,
		lastTimestamp: now,
		count: 1,
	};
	const answer = await answerOf(core.createNamespacedEvent({ namespace: NAMESPACE, body }));
	if ("value" in answer || answer.status.reason === "AlreadyExists") return;
	throw faultOf(answer.status, `create an Event on Node ${name}`);
}
