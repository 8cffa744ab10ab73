import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";

/** Waits on this clock; returns early when `signal` aborts. */
export function pauseOf(clock: SimulationClock, signal: AbortSignal): (ms: number) => Promise<void> {
	return (ms) =>
		new Promise((resolve) => {
			if (signal.aborted) return resolve();
			const over = (): void => {
				cancel();
				signal.removeEventListener("abort", over);
				resolve();
			};
			const cancel = clock.at(ms, over);
			signal.addEventListener("abort", over, { once: true });
		});
}
