import { afterRealTime, withinRealTime } from "../../adapters/real-clock.ts";
import { ClockMisused, refuseEndless } from "./clock-faults.ts";
import type { SimulationClock } from "./simulation-clock.ts";

/** Time that runs `factor` times as fast as real time, for a run that somebody watches. */
export class ScaledClock implements SimulationClock {
	readonly factor: number;
	readonly #start: number;
	readonly #began = performance.now();

	/** `start`: epoch milliseconds of the first moment; the real time when left out. */
	constructor(factor: number, start: number = Date.now()) {
		if (!(Number.isFinite(factor) && factor > 0)) {
			throw new ClockMisused(`cannot scale time by ${factor}: give a number above 0`);
		}
		this.factor = factor;
		this.#start = start;
	}

	now(): number {
		return this.#start + Math.floor((performance.now() - this.#began) * this.factor);
	}

	sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			this.at(ms, resolve);
		});
	}

	async within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
		refuseEndless(ms);
		return withinRealTime(promise, ms / this.factor);
	}

	async thread<T>(f: () => Promise<T>): Promise<T> {
		return f();
	}

	rest<T>(promise: Promise<T>): Promise<T> {
		return promise;
	}

	at(ms: number, f: () => void): () => void {
		refuseEndless(ms);
		// Real time goes on between two readings of it, so that a moment just computed may have passed.
		return afterRealTime(Math.max(0, ms / this.factor), f);
	}
}
