import type { SimulationClock } from "../clock/simulation-clock.ts";
import { endsGracefully, hasFinalizers, isFinished, raisesGeneration } from "./store-changes.ts";
import { ObjectExists, ObjectMissing } from "./store-errors.ts";
import { type Change, StoreHistory } from "./store-history.ts";
import { suffixFrom, uidFrom } from "./store-names.ts";
import { copyOf, isSameJson, type KubeObject, type NewObject, type ObjectMeta, settle, timestamp } from "./store-object.ts";
import { type Resource, resourceType, resourceTypes } from "./store-resources.ts";
import { keyOf, Shelf } from "./store-shelf.ts";

export type { Change } from "./store-history.ts";
export type { Fields, KubeObject, NewObject, OwnerReference } from "./store-object.ts";
export type { Resource } from "./store-resources.ts";

/** What the programs of a cluster need of its objects: here a `Store`, or a picture of a real API server's. */
export type ObjectStore = {
	get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined;
	list(resource: Resource): readonly KubeObject[];
	podsOn(node: string): readonly KubeObject[];
	inNamespace(resource: Resource, namespace: string): readonly KubeObject[];
	labelled(resource: Resource, label: string, value: string): readonly KubeObject[];
	ownedBy(resource: Resource, uid: string): readonly KubeObject[];
	create(resource: Resource, object: NewObject): KubeObject;
	update(resource: Resource, namespace: string | undefined, name: string, change: (draft: KubeObject) => void): KubeObject;
	remove(resource: Resource, namespace: string | undefined, name: string): void;
	beginDeletion(resource: Resource, namespace: string | undefined, name: string, graceSeconds: number): void;
	subscribe(listener: (change: Change) => void): () => void;
};

/**
 * What etcd is to a cluster: every object, one growing resource version, every change to whoever listens. Deterministic:
 * uids and name suffixes come from the cluster's name and a counter, times from the clock. What it hands out is frozen.
 */
export class Store implements ObjectStore {
	readonly #clock: SimulationClock;
	readonly #name: string;
	readonly #shelves: ReadonlyMap<Resource, Shelf> = new Map(resourceTypes.map(({ resource }) => [resource, new Shelf()]));
	readonly #history = new StoreHistory();
	readonly #listeners = new Set<(change: Change) => void>();
	readonly #undelivered: Change[] = [];
	#delivering = false;
	#version = 0;
	#named = 0;

	/** `name` is the cluster's: two clusters then never share a uid. */
	constructor(clock: SimulationClock, name = "cluster") {
		this.#clock = clock;
		this.#name = name;
	}

	get resourceVersion(): number {
		return this.#version;
	}

	get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
		return this.#shelf(resource).get(keyOf(namespace, name));
	}

	/** In order of creation. */
	list(resource: Resource): readonly KubeObject[] {
		return this.#shelf(resource).list();
	}

	/** Pods bound to this node; `""` asks for the unbound ones. */
	podsOn(node: string): readonly KubeObject[] {
		return this.#shelf("pods").onNode(node);
	}

	inNamespace(resource: Resource, namespace: string): readonly KubeObject[] {
		return this.#shelf(resource).inNamespace(namespace);
	}

	labelled(resource: Resource, label: string, value: string): readonly KubeObject[] {
		return this.#shelf(resource).labelled(label, value);
	}

	/** Objects with an owner reference to this uid. */
	ownedBy(resource: Resource, uid: string): readonly KubeObject[] {
		return this.#shelf(resource).ownedBy(uid);
	}

	/** Fills in uid, versions, time and, from `generateName`, the name. Throws ObjectExists on a name that is taken. */
	create(resource: Resource, object: NewObject): KubeObject {
		const type = resourceType(resource);
		const { name, namespace } = object.metadata;
		const metadata: ObjectMeta = {
			...object.metadata,
			name: name === undefined || name === "" ? this.#generate(resource, object.metadata) : name,
			uid: uidFrom(`${this.#name} uid ${++this.#named}`),
			creationTimestamp: timestamp(this.#clock.now()),
			resourceVersion: "",
		};
		if (type.generationOf.length > 0) metadata.generation = 1;
		if (this.get(resource, namespace, metadata.name) !== undefined) throw new ObjectExists(resource, namespace, metadata.name);
		return this.#write(resource, undefined, copyOf({ ...object, metadata }));
	}

	/**
	 * Changes a copy and stores it: one new resource version, one MODIFIED; nothing at all when nothing differs. The
	 * generation rises with the spec. An object that is being deleted and lost its last finalizer goes: one DELETED.
	 */
	update(resource: Resource, namespace: string | undefined, name: string, change: (draft: KubeObject) => void): KubeObject {
		const previous = this.get(resource, namespace, name);
		if (previous === undefined) throw new ObjectMissing("update", resource, namespace, name);
		const draft = copyOf(previous);
		change(draft);
		const { uid, creationTimestamp, resourceVersion } = previous.metadata;
		Object.assign(draft.metadata, { name, uid, creationTimestamp, resourceVersion });
		if (isSameJson(previous, draft)) return previous;
		if (raisesGeneration(resourceType(resource), previous, draft)) {
			draft.metadata.generation = (previous.metadata.generation ?? 0) + 1;
		}
		if (isFinished(draft)) return this.#delete(resource, previous, draft);
		return this.#write(resource, previous, draft);
	}

	/**
	 * Removes at once; with finalizers it only marks, and the last finalizer removes. A pod is marked with grace 0 before it
	 * goes, so that a watch sees MODIFIED and then DELETED, as recorded.
	 */
	remove(resource: Resource, namespace: string | undefined, name: string): void {
		const previous = this.get(resource, namespace, name);
		if (previous === undefined) throw new ObjectMissing("remove", resource, namespace, name);
		const held = hasFinalizers(previous);
		const last = resource === "pods" || held ? this.#mark(resource, previous, 0) : previous;
		if (!held) this.#delete(resource, last, copyOf(last));
	}

	/**
	 * A bound, living pod is marked and its kubelet ends it; a second call can only shorten the grace. Pods that are unbound
	 * or have ended, and all other kinds, are removed.
	 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/registry/core/pod/strategy.go#L174
	 */
	beginDeletion(resource: Resource, namespace: string | undefined, name: string, graceSeconds: number): void {
		const previous = this.get(resource, namespace, name);
		if (previous === undefined) throw new ObjectMissing("delete", resource, namespace, name);
		if (resource !== "pods" || graceSeconds === 0 || !endsGracefully(previous)) {
			this.remove(resource, namespace, name);
			return;
		}
		const running = previous.metadata.deletionGracePeriodSeconds;
		if (running !== undefined && running <= graceSeconds) return;
		this.#mark(resource, previous, graceSeconds);
	}

	/** Called synchronously after each write, in the order of the writes, also when a listener writes. */
	subscribe(listener: (change: Change) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** The changes after this version; `expired` when some of them are forgotten. */
	changesSince(resourceVersion: number): Change[] | "expired" {
		return this.#history.since(resourceVersion);
	}

	/** The resource version at that moment, as far back as the changes are remembered. */
	resourceVersionAt(ms: number): number {
		return this.#history.versionAt(ms);
	}

	/** Forgets the changes up to now, as etcd's compaction does: older watches and continued lists get 410. */
	compact(): void {
		this.#history.forget(this.#version);
	}

	#shelf(resource: Resource): Shelf {
		const shelf = this.#shelves.get(resource);
		if (shelf === undefined) throw new TypeError(`cannot find the resource ${resource}: no such kind in this cluster`);
		return shelf;
	}

	#generate(resource: Resource, metadata: Partial<ObjectMeta>): string {
		if (metadata.generateName === undefined)
			throw new TypeError(`cannot create ${resource}: neither name nor generateName is set`);
		for (;;) {
			const name = metadata.generateName + suffixFrom(`${this.#name} name ${++this.#named}`);
			if (this.get(resource, metadata.namespace, name) === undefined) return name;
		}
	}

	#mark(resource: Resource, previous: KubeObject, graceSeconds: number): KubeObject {
		const { metadata } = previous;
		if (metadata.deletionGracePeriodSeconds === graceSeconds) return previous;
		const draft = copyOf(previous);
		draft.metadata.deletionTimestamp = timestamp(this.#clock.now() + graceSeconds * 1000);
		draft.metadata.deletionGracePeriodSeconds = graceSeconds;
		if (metadata.generation !== undefined && metadata.deletionTimestamp === undefined)
			draft.metadata.generation = metadata.generation + 1;
		return this.#write(resource, previous, draft);
	}

	#write(resource: Resource, previous: KubeObject | undefined, draft: KubeObject): KubeObject {
		draft.metadata.resourceVersion = String(++this.#version);
		const object = settle(previous, draft);
		this.#shelf(resource).put(keyOf(object.metadata.namespace, object.metadata.name), object);
		const type = previous === undefined ? "ADDED" : "MODIFIED";
		this.#publish({ type, resource, object, ...(previous === undefined ? {} : { previous }), resourceVersion: this.#version });
		return object;
	}

	#delete(resource: Resource, previous: KubeObject, draft: KubeObject): KubeObject {
		draft.metadata.resourceVersion = String(++this.#version);
		const object = settle(previous, draft);
		this.#shelf(resource).put(keyOf(object.metadata.namespace, object.metadata.name), undefined);
		this.#publish({ type: "DELETED", resource, object, previous, resourceVersion: this.#version });
		return object;
	}

	#publish(change: Change): void {
		this.#history.add(this.#clock.now(), change);
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
