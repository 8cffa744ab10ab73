import type { WatchEvent } from "./watch-events.ts";

/** The objects of one list, kept up to date by its watch. */
export class Tracked<T extends { readonly uid: string }> {
	readonly #read: (object: unknown) => T;
	readonly #byUid: Map<string, T>;
	#items: readonly T[];

	constructor(items: readonly T[], read: (object: unknown) => T) {
		this.#read = read;
		this.#byUid = new Map(items.map((item) => [item.uid, item]));
		this.#items = items;
	}

	get items(): readonly T[] {
		return this.#items;
	}

	/** Whether the event changes anything that we look at: most only move a heartbeat or a counter. */
	apply(event: Exclude<WatchEvent, { readonly type: "expired" }>): boolean {
		const item = this.#read(event.object);
		const known = this.#byUid.get(item.uid);
		if (event.type === "DELETED") {
			if (!this.#byUid.delete(item.uid)) return false;
		} else {
			if (known !== undefined && JSON.stringify(known) === JSON.stringify(item)) return false;
			this.#byUid.set(item.uid, item);
		}
		this.#items = [...this.#byUid.values()];
		return true;
	}
}
