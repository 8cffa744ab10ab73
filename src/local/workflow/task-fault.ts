import { StatesError } from "./states-faults.ts";

/** What a thrown value becomes when a Lambda function throws it: the runtime's error document is the Cause. */
export function lambdaFault(thrown: unknown): StatesError {
	if (thrown instanceof StatesError) return thrown;
	if (!(thrown instanceof Error)) {
		return new StatesError(typeof thrown, JSON.stringify({ errorType: typeof thrown, errorMessage: String(thrown), trace: [] }));
	}
	const trace = thrown.stack?.split("\n") ?? [];
	return new StatesError(thrown.name, JSON.stringify({ errorType: thrown.name, errorMessage: thrown.message, trace }));
}

/** What a thrown value becomes when a service integration throws it: the message is the Cause. */
export function integrationFault(thrown: unknown): StatesError {
	if (thrown instanceof StatesError) return thrown;
	if (!(thrown instanceof Error)) return new StatesError("States.TaskFailed", String(thrown));
	return new StatesError(thrown.name, thrown.message);
}

/** How Lambda reports an invocation that ran into the function's own time-out. */
export function sandboxTimedOut(seconds: number): StatesError {
	const errorMessage = `Task timed out after ${seconds.toFixed(2)} seconds`;
	return new StatesError("Sandbox.Timedout", JSON.stringify({ errorType: "Sandbox.Timedout", errorMessage }));
}
