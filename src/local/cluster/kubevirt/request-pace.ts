import type { SimulationClock } from "../../clock/simulation-clock.ts";
import { WebhookUnreachable } from "../api/eviction-webhooks.ts";

/** A webhook that answers later than this counts as unreachable, in milliseconds. */
const patienceMs = 10_000;

/** How fast a program of KubeVirt asks the API server: so many requests at once, then so many a second. */
export class RequestPace {
	readonly #clock: SimulationClock;
	readonly #burst: number;
	readonly #perSecond: number;
	#tokens: number;
	#at: number;

	constructor(clock: SimulationClock, { burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
		this.#clock = clock;
		this.#burst = burst;
		this.#perSecond = perSecond;
		this.#tokens = burst;
		this.#at = clock.now();
	}

	/** A turn of its own for one review, which has ten seconds in all. */
	turn(): (requests: number) => Promise<void> {
		const deadline = this.#clock.now() + patienceMs;
		return (requests) => this.#wait(requests, deadline);
	}

	/** Resolves when this many more requests have gone out. Throws WebhookUnreachable at the deadline. */
	async #wait(requests: number, deadline: number): Promise<void> {
		const now = this.#clock.now();
		this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
		this.#at = now;
		const ms = Math.max(0, Math.ceil(((requests - this.#tokens) / this.#perSecond) * 1000));
		const late = now + ms > deadline;
		if (!late) this.#tokens -= requests;
		if (ms > 0) await this.#clock.sleep(late ? deadline - now : ms);
		if (late) throw new WebhookUnreachable("context deadline exceeded");
	}
}
