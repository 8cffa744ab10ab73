import type { KubeObject } from "./store-object.ts";

const none: readonly KubeObject[] = Object.freeze([]);

/** Objects by a value they carry; an object may be under several values. Order within a value is order of arrival. */
export class StoreIndex {
	readonly #valuesOf: (object: KubeObject) => readonly string[];
	readonly #groups = new Map<string, Map<string, KubeObject>>();
	readonly #lists = new Map<string, readonly KubeObject[]>();

	constructor(valuesOf: (object: KubeObject) => readonly string[]) {
		this.#valuesOf = valuesOf;
	}

	/** Replaces `previous` by `next`; either may be missing. */
	put(key: string, previous: KubeObject | undefined, next: KubeObject | undefined): void {
		const after = next === undefined ? [] : this.#valuesOf(next);
		if (previous !== undefined) {
			for (const value of this.#valuesOf(previous)) if (!after.includes(value)) this.#drop(value, key);
		}
		if (next === undefined) return;
		for (const value of after) {
			const group = this.#groups.get(value) ?? new Map<string, KubeObject>();
			this.#groups.set(value, group.set(key, next));
			this.#lists.delete(value);
		}
	}

	get(value: string): readonly KubeObject[] {
		const cached = this.#lists.get(value);
		if (cached !== undefined) return cached;
		const group = this.#groups.get(value);
		if (group === undefined) return none;
		const list = Object.freeze([...group.values()]);
		this.#lists.set(value, list);
		return list;
	}

	#drop(value: string, key: string): void {
		const group = this.#groups.get(value);
		group?.delete(key);
		if (group?.size === 0) this.#groups.delete(value);
		this.#lists.delete(value);
	}
}
