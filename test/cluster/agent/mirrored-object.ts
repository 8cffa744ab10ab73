import type { KubeObject, Resource } from "../../../src/local/cluster/store.ts";
import { copyOf, settle } from "../../../src/local/cluster/store-object.ts";

/** A change to a draft. It is made again on every newer state of the object until the API server has it. */
export type Edit = (draft: KubeObject) => void;

/** Seconds; undefined asks for what the object's kind has as its default. */
export type Removal = { readonly graceSeconds: number | undefined };

/**
 * One object as two sides see it: `seen` is what the API server last showed, `visible` is that with the edits of this
 * side which have not got through yet.
 */
export class MirroredObject {
	readonly resource: Resource;
	#seen: KubeObject;
	#visible: KubeObject;
	#edits: readonly Edit[] = [];
	#removal: Removal | undefined;
	#removalGranted: number | undefined;

	constructor(resource: Resource, object: KubeObject) {
		this.resource = resource;
		this.#seen = settle(undefined, object);
		this.#visible = this.#seen;
	}

	get seen(): KubeObject {
		return this.#seen;
	}

	get visible(): KubeObject {
		return this.#visible;
	}

	get edits(): readonly Edit[] {
		return this.#edits;
	}

	/** What is to be deleted still, after all edits. */
	get removal(): Removal | undefined {
		return this.#removal;
	}

	get version(): number {
		return versionOf(this.#seen);
	}

	/** Takes the edit; false when it changes nothing. */
	edit(edit: Edit): boolean {
		if (withEdits(this.#visible, [edit]) === this.#visible) return false;
		this.#edits = [...this.#edits, edit];
		return this.#look();
	}

	/** A state of the API server; false when it is not newer, or looks the same from here. */
	see(object: KubeObject): boolean {
		if (versionOf(object) < this.version) return false;
		this.#seen = settle(this.#seen, object);
		return this.#look();
	}

	/** These edits are through, or given up; `object` is the state after them, when it is known. */
	conclude(edits: readonly Edit[], object?: KubeObject): boolean {
		this.#edits = this.#edits.filter((edit) => !edits.includes(edit));
		if (object !== undefined && versionOf(object) >= this.version) this.#seen = settle(this.#seen, object);
		return this.#look();
	}

	/** Asks for its deletion, once for each grace that is shorter than the one before. */
	remove(removal: Removal): void {
		const seconds = removal.graceSeconds ?? Number.POSITIVE_INFINITY;
		if (this.#removalGranted !== undefined && this.#removalGranted <= seconds) return;
		this.#removal = removal;
	}

	removed(removal: Removal): void {
		this.#removalGranted = removal.graceSeconds ?? Number.POSITIVE_INFINITY;
		if (this.#removal === removal) this.#removal = undefined;
	}

	#look(): boolean {
		const before = this.#visible;
		const next = withEdits(this.#seen, this.#edits);
		this.#visible = settle(before, next);
		return this.#visible !== before;
	}
}

/** The object with these edits made; itself when they change nothing. */
export function withEdits(object: KubeObject, edits: readonly Edit[]): KubeObject {
	if (edits.length === 0) return object;
	const draft = copyOf(object);
	for (const edit of edits) edit(draft);
	const { name, uid, creationTimestamp, resourceVersion } = object.metadata;
	Object.assign(draft.metadata, { name, uid, creationTimestamp, resourceVersion });
	return settle(object, draft);
}

/** Resource versions can be compared since Kubernetes 1.35: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
export function versionOf(object: KubeObject): number {
	return Number(object.metadata.resourceVersion);
}
