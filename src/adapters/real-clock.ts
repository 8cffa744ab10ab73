import type { Clock } from "../ports.ts";

/** What `setTimeout` can hold; beyond it Node fires after 1 ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls `f` after `ms` of real time, however long; the answer cancels it. */
export function afterRealTime(ms: number, f: () => void): () => void {
	let timer: NodeJS.Timeout;
	const wait = (left: number) => {
		const part = Math.min(left, LONGEST_TIMER);
		timer = setTimeout(() => (left > part ? wait(left - part) : f()), part);
	};
	wait(ms);
	return () => clearTimeout(timer);
}

/** The promise's value, or undefined when `ms` of real time pass first; leaves no timer behind. */
async function withinRealTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
	const late = Promise.withResolvers<undefined>();
	const cancel = afterRealTime(ms, () => late.resolve(undefined));
	try {
		return await Promise.race([promise, late.promise]);
	} finally {
		cancel();
	}
}

/** The clock of the live ground. */
export const realClock: Clock = {
	now: () => Date.now(),
	sleep: (ms) => new Promise((resolve) => afterRealTime(ms, resolve)),
	within: withinRealTime,
};
