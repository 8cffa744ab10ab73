import type { Arrivals } from "./arrivals.ts";
import type { Ledger } from "./ledger.ts";
import type { Running } from "./running.ts";

/** The two looks of a proof begin at least so far apart. */
const LOOKS_APART_MS = 1_000;

/** Watches what Release has in hand as it marks an instance or completes a hook, whether anything comes of it or not. */
export class LastActs {
	readonly broken: string[] = [];
	readonly #ledger: Ledger;
	readonly #arrivals: Arrivals;

	constructor(ledger: Ledger, arrivals: Arrivals) {
		this.#ledger = ledger;
		this.#arrivals = arrivals;
	}

	leaves(act: "marks" | "completes", running: Running): void {
		for (const says of this.#against(running)) this.broken.push(`${running.requestId} ${act} ${says}`);
	}

	#against(running: Running): readonly string[] {
		const { requestId, lookBeganAt, lookBeganBefore, knownWrites } = running;
		const node = this.#arrivals.nodeAt(running);
		const { claim } = this.#ledger;
		const isAnothers = claim.by !== requestId && claim.writes <= knownWrites;
		return [
			...(lookBeganBefore === 0 || lookBeganAt - lookBeganBefore < LOOKS_APART_MS ? ["after one look"] : []),
			...(node === "open" ? ["after a look at a node that takes pods"] : []),
			...(node === "gone" ? ["after a look that found no Node"] : []),
			...(isAnothers ? [`what ${claim.by ?? "nobody"} has claimed`] : []),
		];
	}
}
