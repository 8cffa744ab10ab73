import { ClockHeldAwake, ClockMisused, ClockPastDeadline, ClockStuck, refuseEndless } from "./clock-faults.ts";
import type { SimulationClock } from "./simulation-clock.ts";
import { TimerHeap } from "./timer-heap.ts";

/** What a VirtualClock can be told. */
type VirtualClockOptions = {
	/** Epoch milliseconds of the first moment. Default: 2026-01-01T00:00:00Z. */
	readonly start?: number;
	/** Milliseconds of virtual time from `start` after which a run fails. Default: none. */
	readonly deadline?: number;
	/** Turns of the event loop that must pass without a thread awake before the next timer fires. Default: 8. */
	readonly turns?: number;
	/** Milliseconds of real time a thread may stay awake without using the clock before the run fails. Default: 4000. */
	readonly patience?: number;
};

/** Real milliseconds in which bytes on a local socket may still wake somebody before the run counts as stuck. */
const STUCK_GRACE = 100;

/**
 * Virtual time for tests: it passes only while a `run` is under way and every thread rests, and then it leaps to the next
 * timer. Timers fire one at a time by (time, order of setting), so the same program gives the same trace.
 * Threads begun before the run are allowed; they go on when it begins. After the run, time stands still.
 */
export class VirtualClock implements SimulationClock {
	readonly #start: number;
	readonly #deadline: number | undefined;
	readonly #turns: number;
	readonly #patience: number;
	readonly #timers = new TimerHeap();
	/** How to fail each run that is under way. */
	readonly #runs = new Set<(fault: unknown) => void>();
	readonly #threads = new Set<{ readonly f: () => Promise<unknown> }>();
	#now: number;
	#sequence = 0;
	#awake = 0;
	#armed = false;
	#activity = 0;
	#grace: NodeJS.Timeout | undefined;

	constructor(options: VirtualClockOptions = {}) {
		this.#start = options.start ?? Date.UTC(2026, 0, 1);
		this.#now = this.#start;
		this.#deadline = options.deadline === undefined ? undefined : this.#start + options.deadline;
		this.#turns = options.turns ?? 8;
		this.#patience = options.patience ?? 4000;
	}

	now(): number {
		return this.#now;
	}

	/**
	 * Runs `f` as a thread and lets time pass until it ends. Rejects with ClockStuck, ClockPastDeadline or ClockHeldAwake
	 * instead of hanging, and with whatever a timer throws.
	 */
	async run<T>(f: () => Promise<T>): Promise<T> {
		const failure = Promise.withResolvers<never>();
		this.#runs.add(failure.reject);
		const watchdog = this.#watchIdleThreads();
		try {
			return await Promise.race([this.thread(f), failure.promise]);
		} finally {
			clearInterval(watchdog);
			this.#runs.delete(failure.reject);
		}
	}

	sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			refuseEndless(ms);
			this.#rest();
			this.at(ms, () => {
				this.#wake();
				resolve();
			});
		});
	}

	async within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
		refuseEndless(ms);
		let cancel = () => {};
		const late = new Promise<undefined>((resolve) => {
			cancel = this.at(ms, () => resolve(undefined));
		});
		try {
			return await this.rest(Promise.race([promise, late]));
		} finally {
			cancel();
		}
	}

	async rest<T>(promise: Promise<T>): Promise<T> {
		this.#rest();
		try {
			return await promise;
		} finally {
			this.#wake();
		}
	}

	async thread<T>(f: () => Promise<T>): Promise<T> {
		const thread = { f };
		this.#threads.add(thread);
		this.#wake();
		try {
			return await f();
		} finally {
			this.#threads.delete(thread);
			this.#rest();
		}
	}

	at(ms: number, f: () => void): () => void {
		refuseEndless(ms);
		const timer = { due: this.#now + Math.max(0, ms), sequence: this.#sequence++, fire: f };
		this.#timers.add(timer);
		this.#arm();
		return () => this.#timers.cancel(timer);
	}

	#wake(): void {
		this.#awake++;
		this.#activity++;
	}

	#rest(): void {
		if (this.#awake === 0) throw new ClockMisused("cannot rest outside of a thread: begin the work with run() or thread()");
		this.#awake--;
		this.#activity++;
		this.#arm();
	}

	#arm(): void {
		if (this.#armed || this.#awake > 0 || this.#runs.size === 0) return;
		clearTimeout(this.#grace);
		this.#grace = undefined;
		this.#armed = true;
		this.#await(this.#turns, false);
	}

	/** Answers of local sockets and promises get this many turns to wake somebody before time moves. */
	#await(turns: number, graceIsOver: boolean): void {
		setImmediate(() => {
			if (this.#awake > 0 || this.#runs.size === 0) {
				this.#armed = false;
			} else if (turns > 0) {
				this.#await(turns - 1, graceIsOver);
			} else {
				this.#armed = false;
				this.#step(graceIsOver);
			}
		});
	}

	#step(graceIsOver: boolean): void {
		const next = this.#timers.first();
		if (!next) {
			this.#noTimerLeft(graceIsOver);
		} else if (this.#deadline !== undefined && next.due > this.#deadline) {
			this.#fail(new ClockPastDeadline(`cannot go on past ${this.#moment(this.#deadline)}, the deadline: ${this.#census()}`));
		} else {
			this.#now = next.due;
			this.#fire();
			this.#arm();
		}
	}

	#fire(): void {
		this.#activity++;
		try {
			this.#timers.take()?.();
		} catch (fault) {
			this.#fail(fault);
		}
	}

	#noTimerLeft(graceIsOver: boolean): void {
		if (graceIsOver) {
			this.#fail(
				new ClockStuck(`cannot go on at ${this.#moment(this.#now)}: no thread is awake, no timer is left; ${this.#census()}`),
			);
			return;
		}
		this.#grace = setTimeout(() => {
			this.#grace = undefined;
			this.#armed = true;
			this.#await(this.#turns, true);
		}, STUCK_GRACE);
	}

	#watchIdleThreads(): NodeJS.Timeout {
		let seen = this.#activity;
		let idle = 0;
		return setInterval(() => {
			idle = this.#awake > 0 && this.#activity === seen ? idle + 1 : 0;
			seen = this.#activity;
			if (idle < 2) return;
			const what = `for ${this.#patience} ms of real time a thread has been awake without using the clock`;
			this.#fail(
				new ClockHeldAwake(`cannot go on at ${this.#moment(this.#now)}: ${what}. Await others inside rest(); ${this.#census()}`),
			);
		}, this.#patience / 2);
	}

	#fail(fault: unknown): void {
		for (const fail of this.#runs) fail(fault);
		this.#runs.clear();
	}

	#census(): string {
		const sources = [...this.#threads].map(({ f }) => String(f).replace(/\s+/g, " ").slice(0, 60));
		return `${this.#awake} of ${sources.length} threads awake, ${this.#timers.size} timers; the threads:\n${sources.join("\n")}`;
	}

	#moment(at: number): string {
		return `${new Date(at).toISOString()} (${(at - this.#start) / 1000} s after the start)`;
	}
}
