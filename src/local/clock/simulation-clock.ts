import type { Clock } from "../../ports.ts";

/**
 * A clock that the embedded ground can drive. Two make it: the virtual one (tests: time passes only while every thread
 * rests) and the scaled one (`npm start`).
 *
 * A *thread* is a flow of work that may be awake: an execution, a Lambda invocation, a queue poller, the driver. Virtual
 * time stands still while any thread is awake. A thread rests inside `sleep`, `within` and `rest`.
 */
export interface SimulationClock extends Clock {
	/** Runs `f` as a thread of its own. */
	thread<T>(f: () => Promise<T>): Promise<T>;
	/** Waits for something that only other threads or timers can bring about. */
	rest<T>(promise: Promise<T>): Promise<T>;
	/** Calls `f` after `ms`; the answer cancels it. Controllers of the simulation live on these. */
	at(ms: number, f: () => void): () => void;
}
