import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";

/** Waits until this holds, looking every half second; fails after so many minutes, naming what was waited for. */
export async function patiently(
	clock: SimulationClock,
	what: string,
	holds: () => Promise<boolean>,
	minutes: number,
): Promise<void> {
	await clock.thread(async () => {
		const end = clock.now() + minutes * 60_000;
		while (!(await holds())) {
			if (clock.now() > end) throw new Error(`waited ${minutes} minutes in vain until ${what}`);
			await clock.sleep(500);
		}
	});
}
