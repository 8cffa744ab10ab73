import { type Fields, isFields } from "../store-object.ts";

/**
 * Lists that merge by a key; all others are replaced.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/api/core/v1/types.go (patchMergeKey)
 */
const mergeKeys: Readonly<Record<string, string>> = {
	conditions: "type",
	addresses: "type",
	containers: "name",
	initContainers: "name",
	volumes: "name",
	env: "name",
	ports: "containerPort",
	volumeMounts: "mountPath",
	ownerReferences: "uid",
	hostAliases: "ip",
	imagePullSecrets: "name",
	topologySpreadConstraints: "topologyKey",
};

/** Lists of plain values that merge as a set. */
const sets: readonly string[] = ["finalizers", "podCIDRs"];

const isOrderHint = (field: string): boolean => field.startsWith("$setElementOrder/");

/** A strategic merge patch, for the kinds this cluster has. Returns a new object. */
export function strategicMerge(target: unknown, patch: Fields): Fields {
	if (patch.$patch === "replace") return without(patch, "$patch");
	const merged: Fields = isFields(target) ? { ...target } : {};
	for (const [field, value] of Object.entries(patch)) {
		if (isOrderHint(field) || field === "$patch" || field === "$retainKeys") continue;
		if (field.startsWith("$deleteFromPrimitiveList/")) {
			const list = field.slice("$deleteFromPrimitiveList/".length);
			merged[list] = listOf(merged[list]).filter((item) => !listOf(value).includes(item));
		} else if (value === null) {
			delete merged[field];
		} else {
			merged[field] = mergeField(field, merged[field], value);
		}
	}
	return merged;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function mergeField(field: string, before: unknown, value: unknown): unknown {
	if (isFields(value)) return value.$patch === "delete" ? undefined : strategicMerge(before, value);
	if (!Array.isArray(value)) return value;
	if (sets.includes(field)) return [...new Set([...listOf(before), ...value])];
	const key = mergeKeys[field];
	return key === undefined || !value.every(isFields) ? value : mergeList(listOf(before), value, key);
}

function mergeList(before: readonly unknown[], patches: readonly Fields[], key: string): unknown[] {
	if (patches.some(({ $patch }) => $patch === "replace")) return patches.filter(({ $patch }) => $patch !== "replace");
	let merged = [...before];
	for (const patch of patches) {
		const at = merged.findIndex((item) => isFields(item) && item[key] === patch[key]);
		if (patch.$patch === "delete") merged = merged.filter((_, index) => index !== at);
		else if (at < 0) merged.push(strategicMerge({}, patch));
		else merged[at] = strategicMerge(merged[at], patch);
	}
	return merged;
}

function without(fields: Fields, field: string): Fields {
	const { [field]: _left, ...rest } = fields;
	return rest;
}
