import type { Change, KubeObject, NewObject, ObjectStore, Resource } from "../../../src/local/cluster/store.ts";
import { ObjectMissing } from "../../../src/local/cluster/store-errors.ts";
import { copyOf, isFields, settle } from "../../../src/local/cluster/store-object.ts";
import { keyOf, Shelf } from "../../../src/local/cluster/store-shelf.ts";
import { type Edit, MirroredObject, versionOf } from "./mirrored-object.ts";

/** Who sends to the API server what is to become of an object. */
export type Writes = {
	/** There is something to do for this object. */
	write(object: MirroredObject): void;
	create(resource: Resource, object: NewObject): void;
};

/**
 * A live API server's objects as an ObjectStore: a picture that watches keep, on which every write shows at once and
 * becomes a request. What it hands out is frozen, as a Store's.
 */
export class MirrorStore implements ObjectStore {
	readonly #objects = new Map<Resource, Map<string, MirroredObject>>();
	readonly #shelves = new Map<Resource, Shelf>();
	readonly #versions = new Map<Resource, number>();
	readonly #listeners = new Set<(change: Change) => void>();
	readonly #undelivered: Change[] = [];
	#delivering = false;
	#writes: Writes = {
		write: () => {
			throw new Error("cannot write to the picture of a cluster before its writer is there");
		},
		create: () => {
			throw new Error("cannot create in the picture of a cluster before its writer is there");
		},
	};

	/** The writer needs the store, and the store the writer. */
	writeWith(writes: Writes): void {
		this.#writes = writes;
	}

	get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
		return this.#shelf(resource).get(keyOf(namespace, name));
	}

	list(resource: Resource): readonly KubeObject[] {
		return this.#shelf(resource).list();
	}

	podsOn(node: string): readonly KubeObject[] {
		return this.#shelf("pods").onNode(node);
	}

	inNamespace(resource: Resource, namespace: string): readonly KubeObject[] {
		return this.#shelf(resource).inNamespace(namespace);
	}

	labelled(resource: Resource, label: string, value: string): readonly KubeObject[] {
		return this.#shelf(resource).labelled(label, value);
	}

	ownedBy(resource: Resource, uid: string): readonly KubeObject[] {
		return this.#shelf(resource).ownedBy(uid);
	}

	/** The object as it was asked for: it is in the picture only when the API server has it. */
	create(resource: Resource, object: NewObject): KubeObject {
		this.#writes.create(resource, object);
		const { name = object.metadata.generateName ?? "" } = object.metadata;
		const metadata = { ...object.metadata, name, uid: "", creationTimestamp: "", resourceVersion: "" };
		return settle(undefined, copyOf({ ...object, metadata }));
	}

	update(resource: Resource, namespace: string | undefined, name: string, change: Edit): KubeObject {
		const object = this.#find("update", resource, namespace, name);
		const previous = object.visible;
		if (!object.edit(change)) return previous;
		this.#show(object, previous);
		this.#writes.write(object);
		return object.visible;
	}

	/** The object stays in the picture until the API server says that it is gone. */
	remove(resource: Resource, namespace: string | undefined, name: string): void {
		const object = this.#find("remove", resource, namespace, name);
		object.remove({ graceSeconds: resource === "pods" ? 0 : undefined });
		this.#writes.write(object);
	}

	beginDeletion(resource: Resource, namespace: string | undefined, name: string, graceSeconds: number): void {
		const object = this.#find("delete", resource, namespace, name);
		object.remove({ graceSeconds });
		this.#writes.write(object);
	}

	subscribe(listener: (change: Change) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** Whether this very object is still in the picture. */
	has(object: MirroredObject): boolean {
		const { namespace, name } = object.visible.metadata;
		return this.#mirrored(object.resource).get(keyOf(namespace, name)) === object;
	}

	/** A whole list of the API server's, as of this version. */
	replace(resource: Resource, items: readonly unknown[], resourceVersion: number): void {
		const listed = items.map((item) => objectOf(item));
		const uids = new Set(listed.map(({ metadata }) => metadata.uid));
		for (const object of [...this.#mirrored(resource).values()]) {
			if (!uids.has(object.seen.metadata.uid) && object.version <= resourceVersion) this.#gone(object, object.visible);
		}
		for (const item of listed) this.#see(resource, item);
		this.#versions.set(resource, resourceVersion);
	}

	/** One event of a watch. */
	observe(resource: Resource, type: "ADDED" | "MODIFIED" | "DELETED", item: unknown): void {
		const object = objectOf(item);
		this.#versions.set(resource, versionOf(object));
		if (type !== "DELETED") this.#see(resource, object);
		else {
			const known = this.#known(resource, object);
			if (known?.seen.metadata.uid === object.metadata.uid) this.#gone(known, object);
		}
	}

	/** What a write was answered with. It may be older than what the watch has told: an object that went is not brought back. */
	answered(resource: Resource, item: unknown): void {
		const object = objectOf(item);
		const known = this.#known(resource, object)?.seen.metadata.uid === object.metadata.uid;
		const version = this.#versions.get(resource);
		if (known || (version !== undefined && versionOf(object) > version)) this.#see(resource, object);
	}

	/** These edits of the object are through, with this answer, or are given up. */
	concluded(object: MirroredObject, edits: readonly Edit[], answer?: unknown): void {
		const previous = object.visible;
		const changed = object.conclude(edits, answer === undefined ? undefined : objectOf(answer));
		if (changed && this.has(object)) this.#show(object, previous);
	}

	#see(resource: Resource, object: KubeObject): void {
		const known = this.#known(resource, object);
		if (known !== undefined && known.seen.metadata.uid !== object.metadata.uid) {
			if (versionOf(object) < known.version) return;
			this.#gone(known, known.visible);
		} else if (known !== undefined) {
			const previous = known.visible;
			if (known.see(object)) this.#show(known, previous);
			return;
		}
		const mirrored = new MirroredObject(resource, object);
		this.#mirrored(resource).set(keyOf(object.metadata.namespace, object.metadata.name), mirrored);
		this.#show(mirrored, undefined);
	}

	#show(object: MirroredObject, previous: KubeObject | undefined): void {
		const { resource, visible, version } = object;
		this.#shelf(resource).put(keyOf(visible.metadata.namespace, visible.metadata.name), visible);
		const type = previous === undefined ? "ADDED" : "MODIFIED";
		const before = previous === undefined ? {} : { previous };
		this.#publish({ type, resource, object: visible, ...before, resourceVersion: version });
	}

	#gone(object: MirroredObject, last: KubeObject): void {
		const { resource, visible } = object;
		const key = keyOf(visible.metadata.namespace, visible.metadata.name);
		this.#mirrored(resource).delete(key);
		this.#shelf(resource).put(key, undefined);
		const state = settle(visible, last);
		this.#publish({ type: "DELETED", resource, object: state, previous: visible, resourceVersion: versionOf(state) });
	}

	#find(verb: string, resource: Resource, namespace: string | undefined, name: string): MirroredObject {
		const object = this.#mirrored(resource).get(keyOf(namespace, name));
		if (object === undefined) throw new ObjectMissing(verb, resource, namespace, name);
		return object;
	}

	#known(resource: Resource, { metadata }: KubeObject): MirroredObject | undefined {
		return this.#mirrored(resource).get(keyOf(metadata.namespace, metadata.name));
	}

	#mirrored(resource: Resource): Map<string, MirroredObject> {
		const known = this.#objects.get(resource) ?? new Map<string, MirroredObject>();
		this.#objects.set(resource, known);
		return known;
	}

	#shelf(resource: Resource): Shelf {
		const known = this.#shelves.get(resource) ?? new Shelf();
		this.#shelves.set(resource, known);
		return known;
	}

	#publish(change: Change): void {
		this.#undelivered.push(change);
		if (this.#delivering) return;
		this.#delivering = true;
		try {
			for (let next = this.#undelivered.shift(); next !== undefined; next = this.#undelivered.shift()) {
				for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(next);
			}
		} finally {
			this.#delivering = false;
		}
	}
}

/** Without `managedFields`: nobody here needs them, and a write without them leaves them as they are. */
function objectOf(item: unknown): KubeObject {
	if (!isFields(item) || !isFields(item.metadata) || typeof item.metadata.name !== "string") {
		throw new TypeError(`cannot take ${JSON.stringify(item)?.slice(0, 100)} into the picture: it is no object of an API server`);
	}
	const { managedFields: _, ...metadata } = item.metadata;
	return { ...item, metadata } as unknown as KubeObject;
}
