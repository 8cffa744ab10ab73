import type { FunctionName } from "./function-names.ts";

/**
 * Seconds that a function may run. Each is as long as half a hook of 300 s bears, with its repetition: see the test that
 * walks the definition. Watch runs as long as the step before it says, and less than this.
 */
export const functionSeconds: Readonly<Record<FunctionName, number>> = {
	intake: 60,
	assess: 30,
	cordon: 15,
	admit: 14,
	evict: 45,
	watch: 300,
	release: 45,
	restore: 45,
	// It has no hook to keep alive, and begins nothing new after 150 s.
	sweep: 240,
};

/** Seconds from one sweep to the next. A hook must bear this and a heartbeat more for Sweep to save it in time. */
export const sweepSeconds = 300;

/** Seconds that a read of the record, one heartbeat or one notice may take. */
export const integrationSeconds = 3;

/** Seconds before the one repetition of whatever failed. */
export const repeatAfterSeconds = 1;

/** Seconds that Hold rests before it lets Assess look again. */
export const holdSeconds = {
	/** While the steps work, but a human has to act. */
	trouble: 3_600,
	/** After a fault; so much longer each time that the same fault comes back, up to the time of trouble. */
	fault: 300,
	/** A fault that comes back is told again at the first try after this: since the tries grow rarer, about once an hour. */
	reminder: 2_400,
};

/** Seconds before the notice of an end that nobody was told of is asked for: doubled each time, two hours in all. */
export const lastWordSeconds = { first: 15, longest: 3_600 };

/** How a queue hands its messages to intake. */
export const delivery = {
	/** One at a time: a message that waits for a silent cluster must not use up the time, and the tries, of those behind it. */
	batchSize: 1,
	/** Seconds before a message that failed comes again: as soon as intake has surely ended, for a hook may bear only 300 s. */
	visibilitySeconds: functionSeconds.intake,
	/** Tries before a message is a dead letter: half an hour of them. */
	maxReceiveCount: 30,
};
