import { isSameJson, itemsAt, type KubeObject, textAt } from "./store-object.ts";
import type { ResourceType } from "./store-resources.ts";

/** Whether a change is one of what the generation counts. */
export function raisesGeneration(type: ResourceType, previous: KubeObject, draft: KubeObject): boolean {
	return type.generationOf.some((field) => !isSameJson(previous[field], draft[field]));
}

/** Whether somebody has to let go of it first; a namespace keeps its finalizers in the spec. */
export function hasFinalizers(object: KubeObject): boolean {
	return (
		(object.metadata.finalizers ?? []).length > 0 ||
		(object.kind === "Namespace" && itemsAt(object, "spec", "finalizers").length > 0)
	);
}

/** Nothing keeps an object any more that is being deleted. */
export function isFinished(object: KubeObject): boolean {
	const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
	return deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0 && !hasFinalizers(object);
}

/** A pod whose kubelet has to end it first. */
export function endsGracefully(pod: KubeObject): boolean {
	const phase = textAt(pod, "status", "phase");
	return (textAt(pod, "spec", "nodeName") ?? "") !== "" && phase !== "Succeeded" && phase !== "Failed";
}
