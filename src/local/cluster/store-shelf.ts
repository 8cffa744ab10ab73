import { StoreIndex } from "./store-index.ts";
import { type KubeObject, textAt } from "./store-object.ts";

/** The key of an object within its resource. */
export function keyOf(namespace: string | undefined, name: string): string {
	return namespace === undefined ? name : `${namespace}/${name}`;
}

/** All objects of one resource, in order of arrival, with the indexes that were asked for. */
export class Shelf {
	readonly #objects = new Map<string, KubeObject>();
	readonly #indexes = new Map<string, StoreIndex>();
	#list: readonly KubeObject[] | undefined;

	get(key: string): KubeObject | undefined {
		return this.#objects.get(key);
	}

	list(): readonly KubeObject[] {
		this.#list ??= Object.freeze([...this.#objects.values()]);
		return this.#list;
	}

	put(key: string, next: KubeObject | undefined): void {
		const previous = this.#objects.get(key);
		if (next === undefined) this.#objects.delete(key);
		else this.#objects.set(key, next);
		this.#list = undefined;
		for (const index of this.#indexes.values()) index.put(key, previous, next);
	}

	/** Pods by the node they are bound to; `""` are the unbound ones. */
	onNode(node: string): readonly KubeObject[] {
		return this.#index("node", (object) => [textAt(object, "spec", "nodeName") ?? ""]).get(node);
	}

	inNamespace(namespace: string): readonly KubeObject[] {
		return this.#index("namespace", (object) => [object.metadata.namespace ?? ""]).get(namespace);
	}

	labelled(label: string, value: string): readonly KubeObject[] {
		return this.#index(`label ${label}`, (object) => {
			const has = object.metadata.labels?.[label];
			return has === undefined ? [] : [has];
		}).get(value);
	}

	ownedBy(uid: string): readonly KubeObject[] {
		return this.#index("owner", (object) => (object.metadata.ownerReferences ?? []).map((owner) => owner.uid)).get(uid);
	}

	#index(name: string, valuesOf: (object: KubeObject) => readonly string[]): StoreIndex {
		const known = this.#indexes.get(name);
		if (known !== undefined) return known;
		const index = new StoreIndex(valuesOf);
		for (const [key, object] of this.#objects) index.put(key, undefined, object);
		this.#indexes.set(name, index);
		return index;
	}
}
