import type { KubeObject, Store } from "../store.ts";
import { type Fields, fieldsAt, isFields, itemsAt, timestamp } from "../store-object.ts";
import type { ResourceType } from "../store-resources.ts";
import type { ApiRequest } from "./api-request.ts";
import { conflict, notFound } from "./api-status.ts";
import { readDryRun } from "./dry-run.ts";
import { readSelection, selectNow } from "./selection.ts";
import { jsonReply, listJson, objectJson, type Reply } from "./wire.ts";

/** 409 when `preconditions` name another uid or version than this object has. The subject is the Kind, as recorded. */
export function checkPreconditions(object: KubeObject, options: Fields): void {
	const { uid, resourceVersion } = fieldsAt(options, "preconditions");
	const { metadata, kind, apiVersion } = object;
	const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
	const subject = { kind, group, name: metadata.name };
	if (typeof uid === "string" && uid !== metadata.uid) {
		const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`;
		throw conflict(subject, `${why}. The object might have been deleted and then recreated`);
	}
	if (typeof resourceVersion === "string" && resourceVersion !== metadata.resourceVersion) {
		const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record`;
		throw conflict(subject, `${why} (${metadata.resourceVersion}). The object might have been modified`);
	}
}

/** What the options ask for, else the pod's own `terminationGracePeriodSeconds`, else 30. */
export function graceSeconds(pod: KubeObject, options: Fields): number {
	const asked = options.gracePeriodSeconds;
	if (typeof asked === "number" && asked >= 0) return asked;
	const own = fieldsAt(pod, "spec").terminationGracePeriodSeconds;
	return typeof own === "number" ? own : 30;
}

/** DELETE of one object: answers the object while it is still there or is a pod, else a Status. */
export function answerDelete(store: Store, type: ResourceType, request: ApiRequest, body: unknown, now: number): Reply {
	const subject = { kind: type.resource, group: type.group, name: request.name };
	const object = store.get(type.resource, type.namespaced ? request.namespace : undefined, request.name);
	if (object === undefined) throw notFound(subject);
	const options = readOptions(request, body);
	checkPreconditions(object, options);
	const dryRun = readDryRun(request.query.dryRun, "DeleteOptions") || itemsAt(options, "dryRun").includes("All");
	const left = dryRun ? undefined : deleteObject(store, type, object, options, now);
	if (type.resource === "pods" || left !== undefined) return jsonReply(200, objectJson(left ?? object));
	const { name, group, kind } = subject;
	const details = { name, ...(group === "" ? {} : { group }), kind, uid: object.metadata.uid };
	return jsonReply(200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

/** DELETE of a collection: of everything that is selected. Answers the list of what was there. */
export function answerDeleteCollection(store: Store, type: ResourceType, request: ApiRequest, body: unknown, now: number): Reply {
	const objects = selectNow(store, readSelection(type, request));
	const options = readOptions(request, body);
	const dryRun = readDryRun(request.query.dryRun, "DeleteOptions") || itemsAt(options, "dryRun").includes("All");
	if (!dryRun) for (const object of objects) deleteObject(store, type, object, options, now);
	return jsonReply(200, listJson(type, objects, { resourceVersion: String(store.resourceVersion) }));
}

function readOptions({ query }: ApiRequest, body: unknown): Fields {
	const options = isFields(body) ? body : {};
	const grace = query.gracePeriodSeconds;
	return grace === undefined ? options : { ...options, gracePeriodSeconds: Number(grace) };
}

function deleteObject(
	store: Store,
	type: ResourceType,
	object: KubeObject,
	options: Fields,
	now: number,
): KubeObject | undefined {
	const { name, namespace } = object.metadata;
	if (type.resource === "namespaces") endNamespace(store, name, now);
	else store.beginDeletion(type.resource, namespace, name, type.resource === "pods" ? graceSeconds(object, options) : 0);
	return store.get(type.resource, namespace, name);
}

/** A namespace only becomes Terminating: what empties it is a controller's work. */
function endNamespace(store: Store, name: string, now: number): void {
	store.update("namespaces", undefined, name, (draft) => {
		draft.metadata.deletionTimestamp ??= timestamp(now);
		draft.status = { ...draft.status, phase: "Terminating" };
	});
}
