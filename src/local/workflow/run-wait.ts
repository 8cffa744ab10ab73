import { parseTimestamp } from "./comparisons.ts";
import { readPath, type Scope } from "./path.ts";
import { pause, type Run } from "./run.ts";
import type { WaitState } from "./state-schema.ts";
import { runtimeError } from "./states-faults.ts";

/** Waits as long as the state says; a moment that has passed costs nothing. */
export async function runWait(state: WaitState, scope: Scope, run: Run): Promise<void> {
	await pause(run, Math.max(0, waitingTime(state, scope, run.ground.clock.now())));
}

function waitingTime(state: WaitState, scope: Scope, now: number): number {
	if (state.Seconds !== undefined) return state.Seconds * 1000;
	if (state.Timestamp !== undefined) return state.Timestamp - now;
	if (state.SecondsPath) return 1000 * seconds(readPath(state.SecondsPath, scope, "SecondsPath"), state.SecondsPath.text);
	if (state.TimestampPath) return moment(readPath(state.TimestampPath, scope, "TimestampPath"), state.TimestampPath.text) - now;
	return 0;
}

function seconds(value: unknown, path: string): number {
	if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 99_999_999) return value;
	throw runtimeError(`The SecondsPath '${path}' leads to ${JSON.stringify(value)}: an integer of 0 to 99999999 is expected`);
}

function moment(value: unknown, path: string): number {
	const at = parseTimestamp(value);
	if (at !== undefined) return at;
	throw runtimeError(`The TimestampPath '${path}' leads to ${JSON.stringify(value)}: an RFC 3339 time stamp is expected`);
}
