import { StateMachine as OracleMachine } from "aws-local-stepfunctions";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import type { Callable } from "../../../src/local/workflow/load-definition.ts";
import { createStateMachine } from "../../../src/local/workflow/state-machine.ts";
import { lambdaFault } from "../../../src/local/workflow/task-fault.ts";

/** What a Task calls, by its Resource. Made anew for each side, so that a script may be used up. */
type Tasks = () => Readonly<Record<string, Callable>>;

/** What an execution came to, on either side. */
type Outcome = {
	readonly status: string;
	readonly output: unknown;
	readonly error: string | null;
	/** Every state in the order of being entered; inside a Map `state[index]`, sorted by index after the states outside. */
	readonly visited: readonly string[];
};

type RawState = {
	readonly Type: string;
	readonly Resource?: string;
	readonly ItemProcessor?: RawFlow;
	readonly Iterator?: RawFlow;
};
type RawFlow = { readonly StartAt: string; readonly States: Readonly<Record<string, RawState>> };

type OracleDefinition = ConstructorParameters<typeof OracleMachine>[0];

const ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:compared";

/**
 * Runs a definition (a value, not text) on our interpreter and on aws-local-stepfunctions. Where the two are known to differ
 * (`known-differences.test.ts`) the oracle is given a definition without the difference: no machine TimeoutSeconds, waits
 * and retries without pause, and errors whose message already is the Cause that AWS would give.
 */
export async function compareOnOracle(
	definition: unknown,
	input: unknown,
	tasks: Tasks,
): Promise<{ ours: Outcome; oracle: Outcome }> {
	return { ours: await runOurs(definition, input, tasks()), oracle: await runOracle(definition as RawFlow, input, tasks()) };
}

/** Throws, with what is wrong, for a definition that the oracle's validator (asl-validator) refuses; takes a fifth of a second. */
export function validateOnOracle(definition: unknown): void {
	new OracleMachine(definition as OracleDefinition);
}

async function runOurs(definition: unknown, input: unknown, tasks: Readonly<Record<string, Callable>>): Promise<Outcome> {
	const clock = new VirtualClock();
	const entered: { state: string; item: number | undefined }[] = [];
	const callables = Object.fromEntries(Object.entries(tasks).map(([resource, call]) => [resource, withoutTrace(call)]));
	const machine = createStateMachine({
		definition,
		arn: ARN,
		clock,
		lambda: (arn) => callables[arn],
		integrations: callables,
		onEvent: ({ type, state, item }) => {
			if (type === "entered") entered.push({ state, item });
		},
	});
	const ended = await clock.run(async () => {
		machine.start("compared", input);
		return clock.rest(machine.ended("compared"));
	});
	const output: unknown = ended.output === null ? null : JSON.parse(ended.output);
	return { status: ended.status, output, error: ended.error, visited: inOrder(entered) };
}

async function runOracle(definition: RawFlow, input: unknown, tasks: Readonly<Record<string, Callable>>): Promise<Outcome> {
	const { TimeoutSeconds: _, ...machine } = definition as RawFlow & { readonly TimeoutSeconds?: number };
	const states = [...statesOf(machine)];
	const handlers = states.map(([name, { Resource }]) => [name, withCause(tasks[Resource ?? ""] ?? unknownTask(name))] as const);
	const run = new OracleMachine(machine as OracleDefinition, { validationOptions: { noValidate: true } }).run(input as never, {
		overrides: {
			taskResourceLocalHandlers: Object.fromEntries(handlers) as never,
			waitTimeOverrides: Object.fromEntries(states.filter(([, { Type }]) => Type === "Wait").map(([name]) => [name, 0])),
			retryIntervalOverrides: Object.fromEntries(states.map(([name]) => [name, 0])),
		},
		context: { Execution: { Id: `${ARN.replace(":stateMachine:", ":execution:")}:compared`, Name: "compared" } } as never,
	});
	const entered: { state: string; item: number | undefined }[] = [];
	const result = run.result.then(
		(output): Omit<Outcome, "visited"> => ({ status: "SUCCEEDED", output, error: null }),
		(fault: Error): Omit<Outcome, "visited"> => ({ status: "FAILED", output: null, error: (fault.cause as Error).name }),
	);
	for await (const event of run.eventLogs) {
		if (event.type === "StateEntered") entered.push({ state: event.state.name, item: event.index });
	}
	return { ...(await result), visited: inOrder(entered) };
}

function* statesOf(flow: RawFlow): Generator<readonly [string, RawState]> {
	for (const [name, state] of Object.entries(flow.States)) {
		yield [name, state];
		const inner = state.ItemProcessor ?? state.Iterator;
		if (inner) yield* statesOf(inner);
	}
}

function inOrder(entered: readonly { state: string; item: number | undefined }[]): readonly string[] {
	const inside = entered.filter(({ item }) => item !== undefined).sort((a, b) => Number(a.item) - Number(b.item));
	return [
		...entered.filter(({ item }) => item === undefined).map(({ state }) => state),
		...inside.map(({ state, item }) => `${state}[${item}]`),
	];
}

function unknownTask(name: string): Callable {
	return async () => {
		throw new Error(`run the Task ${name}: nothing was handed in for its Resource`);
	};
}

/** Errors lose their stack, which is never the same on both sides. */
function withoutTrace(call: Callable): Callable {
	return async (parameters) => {
		try {
			return await call(parameters);
		} catch (thrown) {
			if (thrown instanceof Error) thrown.stack = "";
			throw thrown;
		}
	};
}

/** Errors as the oracle needs them: the Cause that AWS gives as the message; results without what JSON cannot hold. */
function withCause(call: Callable): Callable {
	return async (parameters) => {
		try {
			return JSON.parse(JSON.stringify((await withoutTrace(call)(parameters)) ?? null));
		} catch (thrown) {
			const { name, message } = lambdaFault(thrown);
			throw Object.assign(new Error(message), { name });
		}
	};
}
