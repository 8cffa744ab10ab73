import { afterRealTime } from "../../adapters/real-clock.ts";
import { ClockMisused, refuseEndless } from "./clock-faults.ts";
import type { SimulationClock } from "./simulation-clock.ts";
import { TimerHeap } from "./timer-heap.ts";

/**
 * Time that runs `factor` times as fast as real time while every thread rests, for a run that somebody watches. While a
 * thread works it is real time: work takes as long here as there, so that no time-out is too short on a slow machine.
 */
export class ScaledClock implements SimulationClock {
	readonly factor: number;
	readonly #timers = new TimerHeap();
	#sequence = 0;
	#awake = 0;
	/** Epoch milliseconds and their fraction, as of `#readAt` of the real time. */
	#now: number;
	#readAt = performance.now();
	#cancelAlarm = (): void => {};

	/** `start`: epoch milliseconds of the first moment; the real time when left out. */
	constructor(factor: number, start: number = Date.now()) {
		if (!(Number.isFinite(factor) && factor > 0)) {
			throw new ClockMisused(`cannot scale time by ${factor}: give a number above 0`);
		}
		this.factor = factor;
		this.#now = start;
	}

	now(): number {
		return Math.floor(this.#read());
	}

	async sleep(ms: number): Promise<void> {
		refuseEndless(ms);
		await this.rest(new Promise<void>((resolve) => this.at(ms, resolve)));
	}

	async within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
		refuseEndless(ms);
		const late = Promise.withResolvers<undefined>();
		const cancel = this.at(ms, () => late.resolve(undefined));
		try {
			return await this.rest(Promise.race([promise, late.promise]));
		} finally {
			cancel();
		}
	}

	async thread<T>(f: () => Promise<T>): Promise<T> {
		this.#change(+1);
		try {
			return await f();
		} finally {
			this.#change(-1);
		}
	}

	async rest<T>(promise: Promise<T>): Promise<T> {
		if (this.#awake === 0) throw new ClockMisused("cannot rest outside of a thread: begin the work with thread()");
		this.#change(-1);
		try {
			return await promise;
		} finally {
			this.#change(+1);
		}
	}

	at(ms: number, f: () => void): () => void {
		refuseEndless(ms);
		const timer = { due: this.#read() + Math.max(0, ms), sequence: this.#sequence++, fire: f };
		this.#timers.add(timer);
		if (this.#timers.first() === timer) this.#setAlarm();
		return () => this.#timers.cancel(timer);
	}

	get #pace(): number {
		return this.#awake > 0 ? 1 : this.factor;
	}

	#read(): number {
		const real = performance.now();
		this.#now += (real - this.#readAt) * this.#pace;
		this.#readAt = real;
		return this.#now;
	}

	#change(awake: 1 | -1): void {
		const before = this.#pace;
		this.#read();
		this.#awake += awake;
		if (this.#pace !== before) this.#setAlarm();
	}

	#setAlarm(): void {
		this.#cancelAlarm();
		const next = this.#timers.first();
		if (!next) return;
		this.#cancelAlarm = afterRealTime(Math.max(0, next.due - this.#read()) / this.#pace, () => this.#fire());
	}

	/** One after the other, so that what one of them throws does not take the others with it. */
	#fire(): void {
		try {
			const next = this.#timers.first();
			if (next && next.due <= this.#read()) this.#timers.take()?.();
		} finally {
			this.#setAlarm();
		}
	}
}
