import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import type { ExecutionDescription, ExecutionEvent } from "../../../src/local/workflow/execution-event.ts";
import type { Callable } from "../../../src/local/workflow/load-definition.ts";
import { createStateMachine, type StateMachine } from "../../../src/local/workflow/state-machine.ts";

/** When every test begins. */
export const START = Date.UTC(2026, 0, 1);
/** The ARN of the machine under test. */
export const MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:machine";

/** The ARN under which `functions` of `machineUnderTest` are called. */
export const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:111122223333:function:${name}:7`;

/** What a machine under test calls; functions by their name. */
type Surroundings = {
	readonly functions?: Readonly<Record<string, Callable>>;
	readonly functionSeconds?: Readonly<Record<string, number>>;
	readonly integrations?: Readonly<Record<string, Callable>>;
	readonly clock?: VirtualClock;
};

/** A machine on a virtual clock, with everything it tells kept. */
export function machineUnderTest(definition: unknown, around: Surroundings = {}) {
	const clock = around.clock ?? new VirtualClock({ start: START, deadline: 4000 * 86_400_000 });
	const events: ExecutionEvent[] = [];
	const statuses: ExecutionDescription[] = [];
	const nameOf = (arn: string) => arn.split(":")[6] ?? "";
	const machine: StateMachine = createStateMachine({
		definition,
		arn: MACHINE,
		clock,
		lambda: (arn) => around.functions?.[nameOf(arn)],
		lambdaTimeoutSeconds: (arn) => around.functionSeconds?.[nameOf(arn)],
		integrations: around.integrations ?? {},
		onEvent: (event) => events.push(event),
		onStatus: (description) => statuses.push(description),
	});
	/** Runs one execution to its end. */
	const run = (input: unknown = {}, name = "one"): Promise<ExecutionDescription> =>
		clock.run(async () => {
			machine.start(name, input);
			return clock.rest(machine.ended(name));
		});
	/** `seconds what state` of everything that happened. */
	const trace = () => events.map((event) => `${(event.at - START) / 1000} ${event.type} ${event.state}`);
	return { clock, machine, events, statuses, run, trace };
}

/** What an execution came to, without names and dates. */
export function outcomeOf({ status, output, error, cause }: ExecutionDescription) {
	return { status, output: output === null ? null : (JSON.parse(output) as unknown), error, cause };
}

/** A Task on a function, with a time-out of a minute. */
export const task = (name: string, rest: object = { End: true }) => ({
	Type: "Task",
	Resource: functionArn(name),
	TimeoutSeconds: 60,
	...rest,
});

/** A machine of one state. */
export const only = (state: object) => ({ StartAt: "Only", States: { Only: state } });
