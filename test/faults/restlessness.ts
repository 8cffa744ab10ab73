const MINUTE_MS = 60_000;
/** A drain that turns as fast as its waits let it enters some two hundred. */
const STATES_A_MINUTE = 1_500;

/** Watches that no execution turns without a pause: on the virtual clock that would never end, and on AWS it is paid for. */
export class Restlessness {
	readonly #found = Promise.withResolvers<never>();
	#since = 0;
	#entered = 0;

	constructor() {
		this.#found.promise.catch(() => undefined);
	}

	/** An execution enters a state at this instant, in epoch milliseconds. */
	entered(state: string, now: number): void {
		if (now >= this.#since + MINUTE_MS) {
			this.#since = now;
			this.#entered = 0;
		}
		this.#entered += 1;
		if (!this.isFound) return;
		this.#found.reject(new Error(`the drain turns without a pause: ${STATES_A_MINUTE} states within a minute, and now ${state}`));
	}

	/** From then on nothing may run any more: nothing else ends what turns in no time. */
	get isFound(): boolean {
		return this.#entered > STATES_A_MINUTE;
	}

	/** What this answers, unless too many states are entered before: then it throws. */
	async orEnds<T>(play: Promise<T>): Promise<T> {
		return await Promise.race([play, this.#found.promise]);
	}
}
