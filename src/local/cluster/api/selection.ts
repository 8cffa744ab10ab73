import type { KubeObject, Store } from "../store.ts";
import type { ResourceType } from "../store-resources.ts";
import type { ApiRequest } from "./api-request.ts";
import { badRequest } from "./api-status.ts";
import { type FieldRequirement, matchesFields, parseFieldSelector } from "./field-selectors.ts";
import { type LabelRequirement, matchesLabels, parseLabelSelector } from "./label-selectors.ts";

/** Which objects of one kind a list or a watch is about. */
export type Selection = {
	readonly type: ResourceType;
	/** Empty for all namespaces. */
	readonly namespace: string;
	readonly labels: readonly LabelRequirement[];
	readonly fields: readonly FieldRequirement[];
};

/** Throws a 400 refusal for a selector that cannot be read or names a field that cannot be selected on. */
export function readSelection(type: ResourceType, request: ApiRequest): Selection {
	try {
		return {
			type,
			namespace: type.namespaced ? request.namespace : "",
			labels: parseLabelSelector(request.query.labelSelector ?? ""),
			fields: parseFieldSelector(request.query.fieldSelector ?? "", type),
		};
	} catch (error) {
		throw badRequest(error instanceof Error ? error.message : String(error));
	}
}

export function isSelected(selection: Selection, object: KubeObject): boolean {
	if (selection.namespace !== "" && object.metadata.namespace !== selection.namespace) return false;
	return matchesFields(selection.fields, object) && matchesLabels(selection.labels, object.metadata.labels);
}

/** The place of an object in a list: etcd's order of keys. */
export function sortKey(object: KubeObject): string {
	const { namespace, name } = object.metadata;
	return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The selected ones, in the order of a list. */
function selectFrom(objects: readonly KubeObject[], selection: Selection): readonly KubeObject[] {
	const keyed = objects.filter((object) => isSelected(selection, object)).map((object) => ({ key: sortKey(object), object }));
	return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ object }) => object);
}

/** The selected ones of the present, through the narrowest index. */
export function selectNow(store: Store, selection: Selection): readonly KubeObject[] {
	return selectFrom(candidates(store, selection), selection);
}

function candidates(store: Store, { type, namespace, labels, fields }: Selection): readonly KubeObject[] {
	const node = fields.find(({ field, equal }) => field === "spec.nodeName" && equal);
	if (node !== undefined) return store.podsOn(node.value);
	for (const label of labels) {
		if (label.operator !== "in" || label.values.length !== 1) continue;
		return store.labelled(type.resource, label.key, label.values[0] ?? "");
	}
	return namespace === "" ? store.list(type.resource) : store.inNamespace(type.resource, namespace);
}

/** The selected ones as they were at an earlier version; `expired` when the changes since are forgotten. */
export function selectAt(store: Store, selection: Selection, resourceVersion: number): readonly KubeObject[] | "expired" {
	if (resourceVersion >= store.resourceVersion) return selectNow(store, selection);
	const changes = store.changesSince(resourceVersion);
	if (changes === "expired") return "expired";
	const { resource } = selection.type;
	const objects = new Map(store.list(resource).map((object) => [sortKey(object), object]));
	for (const change of changes.toReversed()) {
		if (change.resource !== resource) continue;
		if (change.previous === undefined) objects.delete(sortKey(change.object));
		else objects.set(sortKey(change.object), change.previous);
	}
	return selectFrom([...objects.values()], selection);
}
