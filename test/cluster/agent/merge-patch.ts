import { type Fields, isFields } from "../../../src/local/cluster/store-object.ts";

/** The JSON merge patch (RFC 7386) that makes `after` out of `before`; empty when nothing differs. Lists are replaced whole. */
export function mergePatch(before: Fields, after: Fields): Fields {
	const patch: Fields = {};
	for (const field in before) if (after[field] === undefined) patch[field] = null;
	for (const field in after) {
		const was = before[field];
		const is = after[field];
		if (is === undefined || is === was) continue;
		if (!(isFields(is) && isFields(was))) {
			if (!isEqual(was, is)) patch[field] = is;
			continue;
		}
		const inner = mergePatch(was, is);
		if (Object.keys(inner).length > 0) patch[field] = inner;
	}
	return patch;
}

function isEqual(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (Array.isArray(one) && Array.isArray(other)) {
		return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
	}
	if (!isFields(one) || !isFields(other)) return false;
	const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
	return [...fields].every((field) => isEqual(one[field], other[field]));
}
