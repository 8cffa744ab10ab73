import { type Callable, callableOf, isIntegration } from "./load-definition.ts";
import { readPath, type Scope } from "./path.ts";
import { encodePayload } from "./payload-limit.ts";
import { type Limit, type Run, restUntil } from "./run.ts";
import type { TaskState } from "./state-schema.ts";
import { runtimeError, StatesError } from "./states-faults.ts";
import { integrationFault, lambdaFault, sandboxTimedOut } from "./task-fault.ts";

/** Calls a Task's function or service once; answers its result, a value of JSON. */
export async function runTask(name: string, state: TaskState, input: unknown, scope: Scope, run: Run): Promise<unknown> {
	const kind = isIntegration(state.Resource) ? "Task" : "LambdaFunction";
	const wire = encodePayload(input, `The state/task '${state.Resource}' was given an input that`);
	const limit = timeLimit(state, scope, run);
	run.history.add(`${kind}Scheduled`);
	run.history.add(`${kind}Started`);
	const invocation = new Invocation(state.Resource, wire, run, (outcome) => run.say(name, { type: "late", outcome }));
	try {
		const result = await restUntil(run, invocation.outcome, limit);
		run.history.add(`${kind}Succeeded`);
		return result;
	} catch (fault) {
		invocation.giveUp();
		if (run.signal.aborted) throw fault;
		const timedOut = fault instanceof StatesError && fault.name === "States.Timeout";
		run.history.add(timedOut ? `${kind}TimedOut` : `${kind}Failed`);
		throw fault;
	}
}

/** A thread of its own: when the machine gives an invocation up it goes on, as it does on AWS. */
class Invocation {
	readonly outcome: Promise<unknown>;
	#givenUp = false;

	/** `late` is told of an outcome that comes after the invocation was given up. */
	constructor(resource: string, wire: string, run: Run, late: (outcome: "returned" | "threw") => void) {
		this.outcome = run.ground.clock.thread(() => call(resource, wire, run));
		const note = (outcome: "returned" | "threw") => () => {
			if (this.#givenUp) late(outcome);
		};
		this.outcome.then(note("returned"), note("threw"));
	}

	giveUp(): void {
		this.#givenUp = true;
	}
}

async function call(resource: string, wire: string, run: Run): Promise<unknown> {
	const callable: Callable | undefined = callableOf(resource, run.ground);
	if (!callable) throw runtimeError(`There is nothing to call behind ${resource}`);
	let result: unknown;
	try {
		result = await callable(JSON.parse(wire));
	} catch (thrown) {
		throw isIntegration(resource) ? integrationFault(thrown) : lambdaFault(thrown);
	}
	return JSON.parse(encodePayload(result, `The state/task '${resource}' returned a result that`));
}

/** The Task's own limit, or the function's when that is shorter. */
function timeLimit(state: TaskState, scope: Scope, run: Run): Limit {
	const ofTask = state.TimeoutSeconds ?? secondsAt(state, scope);
	const ofFunction = isIntegration(state.Resource) ? undefined : run.ground.lambdaTimeoutSeconds?.(state.Resource);
	if (ofFunction !== undefined && ofFunction < ofTask) return { ms: ofFunction * 1000, late: () => sandboxTimedOut(ofFunction) };
	return { ms: ofTask * 1000, late: () => new StatesError("States.Timeout", "") };
}

function secondsAt(state: TaskState, scope: Scope): number {
	const path = state.TimeoutSecondsPath;
	const value = path && readPath(path, scope, "TimeoutSecondsPath");
	if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
	throw runtimeError(`The TimeoutSecondsPath '${path?.text}' leads to ${JSON.stringify(value)}: a positive integer is expected`);
}
