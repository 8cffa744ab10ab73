import type { KubeObject, OwnerReference } from "../store.ts";
import { textAt } from "../store-object.ts";
import { isTrue } from "./conditions.ts";

export function phaseOf(object: KubeObject): string {
	return textAt(object, "status", "phase") ?? "";
}

/** The node this pod is bound to; "" while there is none. */
export function nodeNameOf(pod: KubeObject): string {
	return textAt(pod, "spec", "nodeName") ?? "";
}

/** Succeeded or Failed: for pods and VMIs alike. */
export function hasEnded(object: KubeObject): boolean {
	const phase = phaseOf(object);
	return phase === "Succeeded" || phase === "Failed";
}

export function isDeleting(object: KubeObject): boolean {
	return object.metadata.deletionTimestamp !== undefined;
}

export function isReady(object: KubeObject): boolean {
	return isTrue(object, "Ready");
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
	return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** A controller reference to this object. */
export function ownedBy(owner: KubeObject): OwnerReference {
	const { apiVersion, kind, metadata } = owner;
	return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** `namespace/name`, or the name alone. */
export function keyOfObject(object: KubeObject): string {
	const { namespace, name } = object.metadata;
	return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The parts of a `namespace/name` key. */
export function split(key: string): readonly [namespace: string, name: string] {
	const slash = key.indexOf("/");
	return [key.slice(0, slash), key.slice(slash + 1)];
}

/** Seconds this pod gets to end when its deletion names none. */
export function graceOf(pod: KubeObject): number {
	const seconds = pod.spec?.terminationGracePeriodSeconds;
	return typeof seconds === "number" ? seconds : 30;
}
