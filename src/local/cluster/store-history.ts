import type { KubeObject } from "./store-object.ts";
import type { Resource } from "./store-resources.ts";

/** One write. `resourceVersion` is that of `object`, also for DELETED, where `object` is the last state. */
export type Change = {
	readonly type: "ADDED" | "MODIFIED" | "DELETED";
	readonly resource: Resource;
	readonly object: KubeObject;
	readonly previous?: KubeObject;
	readonly resourceVersion: number;
};

/** The API server asks etcd every five minutes to forget what is older. */
const keptForMs = 300_000;
const keptAtMost = 20_000;

/** The changes that a watch can still begin from. */
export class StoreHistory {
	#changes: { readonly at: number; readonly change: Change }[] = [];
	#oldest = 0;

	add(at: number, change: Change): void {
		this.#changes.push({ at, change });
		if (this.#changes.length % 256 === 0) this.#trim(at);
	}

	/** Forgets every change up to and including this one. */
	forget(upTo: number): void {
		this.#oldest = Math.max(this.#oldest, upTo);
		this.#changes = this.#changes.filter(({ change }) => change.resourceVersion > upTo);
	}

	/** The version of the last change at or before this time; that of the oldest forgotten one when it is older. */
	versionAt(ms: number): number {
		return this.#changes.findLast(({ at }) => at <= ms)?.change.resourceVersion ?? this.#oldest;
	}

	since(resourceVersion: number): Change[] | "expired" {
		if (resourceVersion < this.#oldest) return "expired";
		return this.#changes.slice(this.#firstAfter(resourceVersion)).map(({ change }) => change);
	}

	#firstAfter(resourceVersion: number): number {
		let low = 0;
		let high = this.#changes.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#changes[middle]?.change.resourceVersion ?? 0) <= resourceVersion) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	#trim(now: number): void {
		const excess = this.#changes.length - keptAtMost;
		const last = this.#changes.findLast(({ at }, index) => index < excess || at < now - keptForMs);
		if (last !== undefined) this.forget(last.change.resourceVersion);
	}
}
