/** Nothing can happen any more: no thread is awake, no timer is left, and the run has not ended. */
export class ClockStuck extends Error {
	override readonly name = "ClockStuck";
}

/** The run went on past the clock's deadline in virtual time. */
export class ClockPastDeadline extends Error {
	override readonly name = "ClockPastDeadline";
}

/** A thread stays awake and does nothing with the clock: it awaits another thread or a timer outside of `rest`. */
export class ClockHeldAwake extends Error {
	override readonly name = "ClockHeldAwake";
}

/** The clock was asked for something that cannot be: a rest outside of any thread, a timer at NaN. */
export class ClockMisused extends Error {
	override readonly name = "ClockMisused";
}

/** Throws ClockMisused unless `ms` is a finite number. */
export function refuseEndless(ms: number): void {
	if (!Number.isFinite(ms)) throw new ClockMisused(`cannot set a timer for ${ms} ms: give a finite number of milliseconds`);
}
