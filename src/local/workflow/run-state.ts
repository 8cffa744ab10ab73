import { HistoryFull } from "./history.ts";
import type { Scope } from "./path.ts";
import { encodePayload } from "./payload-limit.ts";
import { Recovery } from "./recovery.ts";
import { pause, type Run } from "./run.ts";
import { runMap } from "./run-map.ts";
import { runTask } from "./run-task.ts";
import { runWait } from "./run-wait.ts";
import { combineResult, putResult, selectInput, selectOutput } from "./state-payload.ts";
import type { ChoiceState, FailState, State } from "./state-schema.ts";
import { runtimeError, StatesError } from "./states-faults.ts";

/** What a state hands on; without `next` the flow ends. */
type Step = { readonly output: unknown; readonly next: string | undefined };

/** One visit to a state, with its Retry and Catch. Throws the StatesError that nothing caught. */
export async function runState(name: string, state: State, input: unknown, run: Run): Promise<Step> {
	run.history.add(`${state.Type}StateEntered`);
	const entered = { id: run.history.types.length, at: new Date(run.ground.clock.now()).toISOString() };
	run.say(name, { type: "entered", input });
	const recovery = new Recovery(state.Type === "Task" || state.Type === "Map" ? state : {});
	for (;;) {
		try {
			const visit = { Name: name, EnteredTime: entered.at, RetryCount: recovery.retries };
			const step = await attempt(name, state, { input, context: { ...run.context, State: visit } }, run);
			encodePayload(step.output, `The output of the state '${name}'`);
			return leave(name, state, step, run);
		} catch (thrown) {
			const fault = faultOf(thrown, name, entered.id, run);
			run.say(name, { type: "failed", error: fault.name, cause: fault.message });
			const caught = await recover(name, input, fault, recovery, run);
			if (caught) return leave(name, state, caught, run);
		}
	}
}

/** Waits when the state is to be tried again; answers the step to a catcher's state. */
async function recover(
	name: string,
	input: unknown,
	fault: StatesError,
	recovery: Recovery,
	run: Run,
): Promise<Step | undefined> {
	const answer = recovery.answer(fault);
	if (answer.kind === "fail") throw fault;
	if (answer.kind === "retry") {
		run.say(name, { type: "retried", error: fault.name, attempt: answer.attempt, inSeconds: answer.inSeconds });
		await pause(run, answer.inSeconds * 1000);
		return undefined;
	}
	const next = answer.catcher.Next;
	run.say(name, { type: "caught", error: fault.name, next });
	return { output: putResult(answer.catcher.ResultPath, input, { Error: fault.name, Cause: fault.message }), next };
}

function leave(name: string, state: State, step: Step, run: Run): Step {
	run.history.add(`${state.Type}StateExited`);
	run.say(name, { type: "exited", output: step.output, ...(step.next === undefined ? {} : { next: step.next }) });
	return step;
}

/** What ended an attempt, as Step Functions would name it. An aborted flow ends with the reason of its end. */
function faultOf(thrown: unknown, name: string, eventId: number, run: Run): StatesError {
	if (run.signal.aborted) throw run.signal.reason;
	if (thrown instanceof HistoryFull) throw thrown;
	if (!(thrown instanceof StatesError)) throw thrown;
	if (thrown.name !== "States.Runtime" || thrown.message.startsWith("An error occurred while executing")) return thrown;
	return runtimeError(
		`An error occurred while executing the state '${name}' (entered at the event id #${eventId}). ${thrown.message}`,
	);
}

async function attempt(name: string, state: State, raw: Scope, run: Run): Promise<Step> {
	if (state.Type === "Fail") throw failure(state, raw);
	const scope = selectInput(state, raw);
	switch (state.Type) {
		case "Task": {
			const input = state.Parameters ? state.Parameters(scope) : scope.input;
			const result = await runTask(name, state, input, scope, run);
			return { output: combineResult(state, result, raw), next: state.Next };
		}
		case "Map":
			return { output: combineResult(state, await runMap(state, scope, run), raw), next: state.Next };
		case "Pass": {
			const input = state.Parameters ? state.Parameters(scope) : scope.input;
			return { output: combineResult(state, "Result" in state ? state.Result : input, raw), next: state.Next };
		}
		case "Wait":
			await runWait(state, scope, run);
			return { output: selectOutput(state, scope), next: state.Next };
		case "Choice":
			return { output: selectOutput(state, scope), next: choose(state, scope) };
		case "Succeed":
			return { output: selectOutput(state, scope), next: undefined };
	}
}

function choose(state: ChoiceState, scope: Scope): string {
	const next = state.Choices.find((rule) => rule.applies(scope))?.Next ?? state.Default;
	if (next !== undefined) return next;
	throw new StatesError("States.NoChoiceMatched", "Could not match any choice rule and there is no Default");
}

function failure(state: FailState, scope: Scope): StatesError {
	const error = state.ErrorPath ? text(state.ErrorPath(scope), "ErrorPath") : state.Error;
	const cause = state.CausePath ? text(state.CausePath(scope), "CausePath") : state.Cause;
	return new StatesError(error ?? "", cause ?? "");
}

function text(value: unknown, field: string): string {
	if (typeof value === "string") return value;
	throw runtimeError(`The ${field} leads to ${JSON.stringify(value)}: a string is expected`);
}
