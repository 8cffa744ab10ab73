import type { Ledger } from "./ledger.ts";
import type { Running } from "./running.ts";

/** A read, and the request that follows it, take no longer. */
const AT_ONCE_MS = 3_000;

/** What a function may not do against the record, as it leaves the function. */
type Effect = {
	readonly kind: "evicts" | "marks" | "completes" | "uncordons";
	/** The process stood still directly before it, where it cannot know. */
	readonly stoodStill: boolean;
};

/** Watches that whoever acts has read directly before whether it still may: a cancel, or a hook that waits, is heeded. */
export class Obedience {
	readonly broken: string[] = [];
	readonly #ledger: Ledger;
	readonly #now: () => number;
	/** Tokens that wait for an answer. */
	readonly #live: ReadonlyMap<string, string>;

	constructor(ledger: Ledger, live: ReadonlyMap<string, string>, now: () => number) {
		this.#ledger = ledger;
		this.#live = live;
		this.#now = now;
	}

	/** An effect leaves the function now. */
	leaves({ kind, stoodStill }: Effect, running: Running): void {
		for (const { since, says } of this.#against(kind)) {
			const isOld = !stoodStill && this.#now() - since.at > AT_ONCE_MS;
			if (since.writes <= running.knownWrites || isOld)
				this.broken.push(`${running.requestId} ${kind} ${(this.#now() - since.at) / 1_000} s after ${says}`);
		}
	}

	#against(kind: Effect["kind"]) {
		const { cancelled } = this.#ledger;
		if (kind !== "uncordons") return cancelled ? [{ since: cancelled, says: "the drain was cancelled" }] : [];
		return [...this.#live].flatMap(([token, hook]) => {
			const since = this.#ledger.waits(token);
			return since ? [{ since, says: `hook ${hook} began to wait` }] : [];
		});
	}
}
