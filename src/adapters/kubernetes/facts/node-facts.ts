import * as z from "zod";
import type { NodeFacts } from "../../../domain/look.ts";
import { maybeInstant } from "./instant.ts";
import { conditionOf, conditions, objectMeta } from "./object-meta.ts";
import { resources } from "./quantity.ts";
import { readObject } from "./read-object.ts";
import { stated } from "./stated.ts";

const nodeSchema = z.object({
	metadata: objectMeta,
	spec: z.object({
		providerID: z.string().default(""),
		unschedulable: z.boolean().default(false),
		taints: z
			.array(z.object({ key: z.string(), value: z.string().nullish(), effect: z.string(), timeAdded: maybeInstant }))
			.nullish(),
	}),
	status: z.object({ conditions, allocatable: resources }).default({ conditions: [], allocatable: {} }),
});

/** Added a moment after `spec.unschedulable` by the node lifecycle controller, with the cluster's own time. */
const CORDON_TAINT = "node.kubernetes.io/unschedulable";

/** The facts of a Node object. */
export function nodeFacts(object: unknown): NodeFacts {
	const { metadata, spec, status } = readObject("Node", nodeSchema, object);
	const taints = spec.taints ?? [];
	return {
		name: metadata.name,
		uid: metadata.uid,
		providerId: spec.providerID,
		ready: conditionOf(status.conditions, "Ready")?.status === "True",
		unschedulable: spec.unschedulable,
		...stated({ cordonedSince: taints.find((taint) => taint.key === CORDON_TAINT)?.timeAdded }),
		labels: metadata.labels,
		annotations: metadata.annotations,
		taints: taints.map(({ key, value, effect }) => ({ key, effect, ...stated({ value: value ?? undefined }) })),
		allocatable: status.allocatable,
	};
}
