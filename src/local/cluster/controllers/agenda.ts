import type { SimulationClock } from "../../clock/simulation-clock.ts";
import { withoutRequest } from "./requests.ts";

type Entry = { readonly work: () => void; live: boolean };

/** What a cluster's programs do later. All that is due in one moment shares one timer of the clock. */
export class Agenda {
	readonly #clock: SimulationClock;
	readonly #moments = new Map<number, Entry[]>();
	readonly #alarms = new Set<() => void>();
	#over = false;

	constructor(clock: SimulationClock) {
		this.#clock = clock;
	}

	/** Calls `work` after `ms` milliseconds, in the order of asking within one moment; the answer cancels it. */
	after(ms: number, work: () => void): () => void {
		if (this.#over) return () => {};
		const due = this.#clock.now() + Math.max(0, Math.round(ms));
		const entry: Entry = { work, live: true };
		const moment = this.#moments.get(due);
		if (moment !== undefined) moment.push(entry);
		else {
			this.#moments.set(due, [entry]);
			const cancel = this.#clock.at(due - this.#clock.now(), () => {
				this.#alarms.delete(cancel);
				this.#fire(due);
			});
			this.#alarms.add(cancel);
		}
		return () => {
			entry.live = false;
		};
	}

	/** Nothing that was asked for happens any more, and nothing new is taken. */
	stop(): void {
		this.#over = true;
		for (const cancel of this.#alarms) cancel();
		this.#alarms.clear();
		this.#moments.clear();
	}

	#fire(due: number): void {
		const entries = this.#moments.get(due) ?? [];
		// A clock calls back inside of whatever woke it: that must not look like the request behind the work.
		withoutRequest(() => {
			for (const entry of entries) if (entry.live) entry.work();
		});
		this.#moments.delete(due);
	}
}
