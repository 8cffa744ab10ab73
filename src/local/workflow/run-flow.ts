import type { Run } from "./run.ts";
import { runState } from "./run-state.ts";
import type { Flow } from "./state-schema.ts";
import { runtimeError } from "./states-faults.ts";

/** Runs from StartAt until a state ends the flow; answers its output. */
export async function runFlow(flow: Flow, input: unknown, run: Run): Promise<unknown> {
	let here: string | undefined = flow.StartAt;
	let payload = input;
	while (here !== undefined) {
		const state = flow.States[here];
		if (!state) throw runtimeError(`There is no state ${here}`);
		const step = await runState(here, state, payload, run);
		payload = step.output;
		here = step.next;
	}
	return payload;
}
