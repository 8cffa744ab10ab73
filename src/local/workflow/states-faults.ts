/** An error inside an execution. `name` is what Retry and Catch match; the message is the Cause, verbatim. */
export class StatesError extends Error {
	override readonly name: string;

	constructor(name: string, cause: string) {
		super(cause);
		this.name = name;
	}
}

/** The definition uses something that the interpreter does not implement, or that Step Functions would refuse. */
export class DefinitionRefused extends Error {
	override readonly name = "DefinitionRefused";
}

/** As StartExecution answers for a name that is taken by another input or by a closed execution. */
export class ExecutionAlreadyExists extends Error {
	override readonly name = "ExecutionAlreadyExists";
}

/** As StartExecution answers for a name that it does not allow. */
export class InvalidName extends Error {
	override readonly name = "InvalidName";
}

/** As StartExecution answers for an input that is no JSON or over 256 KiB. */
export class InvalidExecutionInput extends Error {
	override readonly name = "InvalidExecutionInput";
}

/** As StopExecution answers for a name that was never started. */
export class ExecutionDoesNotExist extends Error {
	override readonly name = "ExecutionDoesNotExist";
}

/** Ends a state that cannot go on. No Retry and no Catch ever sees it. */
export function runtimeError(cause: string): StatesError {
	return new StatesError("States.Runtime", cause);
}
