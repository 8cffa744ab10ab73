import type { SimulationClock } from "./clock/simulation-clock.ts";

/**
 * Calls a function every so many seconds, as EventBridge does: also while an earlier call is still under way, and whatever
 * became of it. Answers what ends it. Without `seconds` there is no schedule.
 */
export function startSchedule(clock: SimulationClock, seconds: number | undefined, call: () => Promise<unknown>): () => void {
	if (seconds === undefined) return () => {};
	let cancel = () => {};
	const arm = () => {
		cancel = clock.at(seconds * 1000, () => {
			arm();
			void clock.thread(() => call().catch(() => undefined));
		});
	};
	arm();
	return () => cancel();
}
