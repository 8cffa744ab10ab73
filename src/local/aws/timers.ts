import type { SimulationClock } from "../clock/simulation-clock.ts";

/** Timers on the clock that can all be cancelled at once. */
export class Timers {
	readonly #clock: SimulationClock;
	readonly #cancels = new Set<() => void>();

	constructor(clock: SimulationClock) {
		this.#clock = clock;
	}

	/** Calls `f` after `ms`; the answer cancels it. */
	at(ms: number, f: () => void): () => void {
		const cancelTimer = this.#clock.at(ms, () => {
			this.#cancels.delete(cancel);
			f();
		});
		const cancel = () => {
			this.#cancels.delete(cancel);
			cancelTimer();
		};
		this.#cancels.add(cancel);
		return cancel;
	}

	cancelAll(): void {
		for (const cancel of this.#cancels) cancel();
	}
}
