import type { ExecutionDescription } from "../../src/local/workflow/execution-event.ts";

/** The error of an execution that a fault has ended; one that fails by itself has another. */
export const BROKEN_OFF = "Fault";

/** When a fault ended the newest execution, in epoch milliseconds; undefined where it ended otherwise, or any still runs. */
export function brokenOffAt(executions: readonly ExecutionDescription[]): number | undefined {
	if (executions.some(({ status }) => status === "RUNNING")) return undefined;
	const newest = executions.at(-1);
	return newest?.error === BROKEN_OFF ? (newest.stopDate ?? undefined) : undefined;
}
