/** A JSON object whose fields nobody has looked at yet. */
export type Fields = { [field: string]: unknown };

export type OwnerReference = {
	apiVersion: string;
	kind: string;
	name: string;
	uid: string;
	controller?: boolean;
	blockOwnerDeletion?: boolean;
};

/** Times are RFC 3339 with whole seconds, as Kubernetes writes them. */
export type ObjectMeta = {
	name: string;
	generateName?: string;
	namespace?: string;
	uid: string;
	resourceVersion: string;
	generation?: number;
	creationTimestamp: string;
	deletionTimestamp?: string;
	deletionGracePeriodSeconds?: number;
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	ownerReferences?: OwnerReference[];
	finalizers?: string[];
};

/** Any object of the cluster, in the JSON form of the API. What the store hands out is deeply frozen. */
export type KubeObject = {
	apiVersion: string;
	kind: string;
	metadata: ObjectMeta;
	spec?: Fields;
	status?: Fields;
	[field: string]: unknown;
};

/** What `create` takes: the store fills in the rest. */
export type NewObject = Omit<KubeObject, "metadata"> & {
	apiVersion: string;
	kind: string;
	metadata: Partial<ObjectMeta>;
	spec?: Fields;
	status?: Fields;
};

export function isFields(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at this field, or an empty one: reads `object.spec?.template?.spec` without knowing the types. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
	let at: unknown = value;
	for (const field of path) at = isFields(at) ? at[field] : undefined;
	return isFields(at) ? at : {};
}

/** The items of the array at this field, or none. */
export function itemsAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
	const last = path.at(-1);
	if (last === undefined) return Array.isArray(value) ? value : [];
	const at = fieldsAt(value, ...path.slice(0, -1))[last];
	return Array.isArray(at) ? at : [];
}

/** The text at this field, if it is text. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
	const last = path.at(-1);
	const at = last === undefined ? value : fieldsAt(value, ...path.slice(0, -1))[last];
	return typeof at === "string" ? at : undefined;
}

/** A deep copy of JSON that may be changed. Fields that are undefined are left out, as JSON would. */
export function copyOf<T>(value: T): T {
	if (Array.isArray(value)) return value.map(copyOf) as T;
	if (!isFields(value)) return value;
	const copy: Fields = {};
	for (const field in value) {
		const inner = value[field];
		if (inner !== undefined) copy[field] = copyOf(inner);
	}
	return copy as T;
}

/** Whether two values are the same JSON; fields that are undefined are not there, as JSON would have it. */
export function isSameJson(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (Array.isArray(one))
		return Array.isArray(other) && one.length === other.length && one.every((item, index) => isSameJson(item, other[index]));
	if (!isFields(one) || !isFields(other)) return false;
	for (const field in one) if (!isSameJson(one[field], other[field])) return false;
	for (const field in other) if (other[field] !== undefined && one[field] === undefined) return false;
	return true;
}

/**
 * `next` as a frozen value that shares every equal part with `previous`; `previous` itself when nothing differs. The
 * history of a busy cluster then costs what changed, not what exists.
 */
export function settle<T>(previous: unknown, next: T): T {
	if (Array.isArray(next)) return settleArray(previous, next) as T;
	if (isFields(next)) return settleFields(previous, next) as T;
	return next;
}

function settleArray(previous: unknown, next: readonly unknown[]): unknown {
	const before: readonly unknown[] = Array.isArray(previous) ? previous : [];
	const settled = next.map((item, index) => settle(before[index], item));
	const same =
		Array.isArray(previous) && before.length === settled.length && settled.every((item, index) => item === before[index]);
	return same ? previous : Object.freeze(settled);
}

function settleFields(previous: unknown, next: Fields): unknown {
	const before = isFields(previous) ? previous : undefined;
	const settled: Fields = {};
	let same = before !== undefined;
	let count = 0;
	for (const field in next) {
		if (next[field] === undefined) continue;
		const value = settle(before?.[field], next[field]);
		settled[field] = value;
		count += 1;
		if (same && (value !== before?.[field] || !(before !== undefined && field in before))) same = false;
	}
	if (same && before !== undefined && Object.keys(before).length === count) return previous;
	return Object.freeze(settled);
}

/** RFC 3339 with whole seconds. */
export function timestamp(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
