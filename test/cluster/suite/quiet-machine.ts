import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Runnable processes for each core; the planes themselves keep about one busy. */
const QUIET_LOAD = 1.5;
const PATIENCE_MS = 150_000;
const LOOK_EVERY_MS = 5_000;

/** Waits until the other lanes are done: a lag that is measured on a busy machine is the machine's. Gives up after a while. */
export async function quietMachine(say: (line: string) => void): Promise<void> {
	const most = availableParallelism() * QUIET_LOAD;
	const end = performance.now() + PATIENCE_MS;
	while ((loadavg()[0] ?? 0) > most && performance.now() < end) await sleep(LOOK_EVERY_MS);
	say(`measures lags at a load of ${(loadavg()[0] ?? 0).toFixed(1)}`);
}
