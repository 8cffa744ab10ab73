import type { Store } from "../store.ts";
import { copyOf, type Fields, fieldsAt, isFields, type KubeObject, settle, textAt } from "../store-object.ts";
import type { ResourceType } from "../store-resources.ts";
import type { ApiRequest } from "./api-request.ts";
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound, unsupportedMediaType } from "./api-status.ts";
import { admitCreation, type CreationWebhook, warningHeaders } from "./creation-webhooks.ts";
import { readDryRun } from "./dry-run.ts";
import { jsonPatch, mergePatch } from "./json-patch.ts";
import { newObject, readObject, tidy, validateNew } from "./object-rules.ts";
import { strategicMerge } from "./strategic-merge.ts";
import { jsonReply, objectJson, type Reply } from "./wire.ts";

/** POST to a collection. */
export function answerCreate(
	store: Store,
	type: ResourceType,
	request: ApiRequest,
	body: unknown,
	webhooks: readonly CreationWebhook[],
): Reply {
	const sent = newObject(type, request, readObject(type, request, body));
	const dryRun = readDryRun(request.query.dryRun, "CreateOptions");
	validateNew(type, sent);
	const { name = "", namespace } = sent.metadata;
	const subject = { kind: type.resource, group: type.group, name };
	refuseWithoutNamespace(store, namespace, subject);
	const { object, warnings } = admitCreation(webhooks, type, sent);
	if (name !== "" && store.get(type.resource, namespace, name) !== undefined) throw alreadyExists(subject);
	const created = dryRun ? JSON.stringify(object) : objectJson(store.create(type.resource, object));
	return jsonReply(201, created, warningHeaders(warnings));
}

function refuseWithoutNamespace(
	store: Store,
	namespace: string | undefined,
	subject: { kind: string; group: string; name: string },
): void {
	if (namespace === undefined) return;
	const found = store.get("namespaces", undefined, namespace);
	if (found === undefined) throw notFound({ kind: "namespaces", group: "", name: namespace });
	if (found.metadata.deletionTimestamp === undefined) return;
	const cause = {
		reason: "NamespaceTerminating",
		message: `namespace ${namespace} is being terminated`,
		field: "metadata.namespace",
	};
	throw forbidden(subject, `unable to create new content in namespace ${namespace} because it is being terminated`, [cause]);
}

/** PUT of an object or of its status. */
export function answerUpdate(store: Store, type: ResourceType, request: ApiRequest, body: unknown): Reply {
	const current = existing(store, type, request);
	const sent = readObject(type, request, body);
	const uid = textAt(sent, "metadata", "uid");
	if (uid !== undefined && uid !== current.metadata.uid) throw uidConflict(type, current, uid);
	if (type.custom && textAt(sent, "metadata", "resourceVersion") === undefined) {
		const cause = {
			reason: "FieldValueInvalid",
			message: "Invalid value: 0: must be specified for an update",
			field: "metadata.resourceVersion",
		};
		throw invalid({ kind: type.resource, group: type.group, name: current.metadata.name }, [cause]);
	}
	return write(store, type, request, current, sent, readDryRun(request.query.dryRun, "UpdateOptions"));
}

/** The storage layer's words for a PUT with another uid; its key is etcd's. */
function uidConflict(type: ResourceType, { metadata }: KubeObject, uid: string): Error {
	const place = [
		type.custom ? "kubevirt.io" : "",
		type.resource === "nodes" ? "minions" : type.resource,
		metadata.namespace ?? "",
		metadata.name,
	];
	const key = `/registry/${place.filter((part) => part !== "").join("/")}`;
	const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
	const subject = { kind: type.resource, group: type.group, name: metadata.name };
	return conflict(subject, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`);
}

const patchTypes = ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];

/** PATCH: merge, JSON and, for built-in kinds, strategic merge. */
export function answerPatch(store: Store, type: ResourceType, request: ApiRequest, patch: unknown, contentType: string): Reply {
	const accepted = type.custom ? patchTypes.slice(0, 2) : patchTypes;
	if (!accepted.includes(contentType)) throw unsupportedMediaType(accepted);
	const current = existing(store, type, request);
	const patched = applyPatch(current, patch, contentType);
	if (!isFields(patched)) throw badRequest(`the patch does not leave a ${type.kind}`);
	return write(
		store,
		type,
		request,
		current,
		readObject(type, request, patched),
		readDryRun(request.query.dryRun, "PatchOptions"),
	);
}

function applyPatch(current: KubeObject, patch: unknown, contentType: string): unknown {
	if (contentType === patchTypes[0]) return jsonPatch(current, patch);
	if (!isFields(patch))
		throw badRequest("error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}");
	return contentType === patchTypes[1] ? mergePatch(current, patch) : strategicMerge(current, patch);
}

function existing(store: Store, type: ResourceType, request: ApiRequest): KubeObject {
	const found = store.get(type.resource, type.namespaced ? request.namespace : undefined, request.name);
	if (found === undefined) throw notFound({ kind: type.resource, group: type.group, name: request.name });
	return found;
}

/** Stores what `sent` says about the part of the object that this path is for: all but the status, or the status alone. */
function write(store: Store, type: ResourceType, request: ApiRequest, current: KubeObject, sent: Fields, dryRun: boolean): Reply {
	checkIdentity(type, current, fieldsAt(sent, "metadata"));
	const { name, namespace } = current.metadata;
	const change = (draft: KubeObject): void => {
		for (const field of Object.keys(draft)) if (writes(type, request, field)) delete draft[field];
		for (const [field, value] of Object.entries(sent)) if (writes(type, request, field)) draft[field] = copyOf(value);
		if (request.subresource !== "status") draft.metadata = { ...draft.metadata, ...userMetadata(sent) };
		tidy(draft);
	};
	if (!dryRun) return jsonReply(200, objectJson(store.update(type.resource, namespace, name, change)));
	const draft = copyOf(current);
	change(draft);
	return jsonReply(200, objectJson(settle(undefined, draft)));
}

function writes(type: ResourceType, request: ApiRequest, field: string): boolean {
	if (field === "metadata" || field === "kind" || field === "apiVersion") return false;
	if (request.subresource === "status") return field === "status";
	return field !== "status" || !type.statusSubresource;
}

/** The fields of the metadata that a client decides; the others stay as they are. */
function userMetadata(sent: Fields): Fields {
	const { labels, annotations, ownerReferences, finalizers } = copyOf(fieldsAt(sent, "metadata"));
	return { labels, annotations, ownerReferences, finalizers };
}

/** A patch with another uid is invalid (422), one with another version a conflict (409). */
function checkIdentity(type: ResourceType, { metadata }: KubeObject, sent: Fields): void {
	if (sent.name !== metadata.name) {
		throw badRequest(`the name of the object (${String(sent.name)}) does not match the name on the URL (${metadata.name})`);
	}
	if ((sent.resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion) {
		const why = "the object has been modified; please apply your changes to the latest version and try again";
		throw conflict({ kind: type.resource, group: type.group, name: metadata.name }, why);
	}
	if ((sent.uid ?? metadata.uid) === metadata.uid) return;
	const message = `Invalid value: ${JSON.stringify(sent.uid)}: field is immutable`;
	throw invalid({ kind: type.kind, group: type.group, name: metadata.name }, [
		{ reason: "FieldValueInvalid", message, field: "metadata.uid" },
	]);
}
