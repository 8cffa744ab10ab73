import type { ExecutionDescription, ExecutionEvent, ExecutionStatus } from "./execution-event.ts";
import { History } from "./history.ts";
import type { LoadedDefinition } from "./load-definition.ts";
import { runFlow } from "./run-flow.ts";
import { StatesError } from "./states-faults.ts";

/** What an execution is made of. */
type ExecutionOptions = {
	readonly definition: LoadedDefinition;
	readonly stateMachineArn: string;
	readonly name: string;
	/** JSON text. */
	readonly input: string;
	readonly onEvent: (event: ExecutionEvent) => void;
	readonly onStatus: (description: ExecutionDescription) => void;
};

/** Why an execution is ended from outside. */
class Ended extends StatesError {
	readonly status: ExecutionStatus;

	constructor(status: ExecutionStatus, error: string, cause: string) {
		super(error, cause);
		this.status = status;
	}
}

/** One execution: a thread of the clock that begins with `begin` and settles `ended`, never rejecting. */
export class Execution {
	readonly ended: Promise<ExecutionDescription>;
	readonly #options: ExecutionOptions;
	readonly #history = new History();
	readonly #controller = new AbortController();
	readonly #settle: (description: ExecutionDescription) => void;
	readonly #startDate: number;
	#outcome: Pick<ExecutionDescription, "status" | "stopDate" | "output" | "error" | "cause"> = {
		status: "RUNNING",
		stopDate: null,
		output: null,
		error: null,
		cause: null,
	};

	constructor(options: ExecutionOptions) {
		const { promise, resolve } = Promise.withResolvers<ExecutionDescription>();
		this.ended = promise;
		this.#settle = resolve;
		this.#options = options;
		this.#startDate = options.definition.ground.clock.now();
	}

	/** The types of its history events so far. */
	get history(): readonly string[] {
		return this.#history.types;
	}

	describe(): ExecutionDescription {
		const { stateMachineArn, name, input } = this.#options;
		return {
			executionArn: executionArn(stateMachineArn, name),
			stateMachineArn,
			name,
			startDate: this.#startDate,
			input,
			...this.#outcome,
		};
	}

	/** Returns at once; the first state is entered after the caller has gone on. */
	begin(): void {
		const { definition, onStatus } = this.#options;
		const { machine, ground } = definition;
		onStatus(this.describe());
		const seconds = machine.TimeoutSeconds;
		const cancel =
			seconds === undefined
				? () => {}
				: ground.clock.at(seconds * 1000, () => this.#controller.abort(new Ended("TIMED_OUT", "States.Timeout", "")));
		void ground.clock.thread(async () => {
			await null;
			this.#finish(await this.#run());
			cancel();
		});
	}

	/** Ends it from outside; what its Lambdas are doing goes on. Harmless when it has ended. */
	stop(error: string, cause: string, status: Exclude<ExecutionStatus, "RUNNING" | "SUCCEEDED">): Promise<ExecutionDescription> {
		this.#controller.abort(new Ended(status, error, cause));
		return this.ended;
	}

	async #run(): Promise<Pick<ExecutionDescription, "status" | "output" | "error" | "cause">> {
		try {
			this.#history.add("ExecutionStarted");
			const input: unknown = JSON.parse(this.#options.input);
			const { machine, ground } = this.#options.definition;
			const output = await runFlow(machine, input, {
				ground,
				history: this.#history,
				context: this.#context(input),
				signal: this.#controller.signal,
				say: (state, { item, ...happening }) => {
					const place = { at: ground.clock.now(), execution: this.#options.name, state };
					this.#options.onEvent({ ...place, ...(item === undefined ? {} : { item }), ...happening });
				},
				runFlow,
			});
			return { status: "SUCCEEDED", output: JSON.stringify(output), error: null, cause: null };
		} catch (thrown) {
			const fault = thrown instanceof StatesError ? thrown : new StatesError("States.Runtime", sayDefect(thrown));
			const status = fault instanceof Ended ? fault.status : "FAILED";
			return { status, output: null, error: fault.name || null, cause: fault.message || null };
		}
	}

	#context(input: unknown) {
		const { stateMachineArn, name } = this.#options;
		const StartTime = new Date(this.#startDate).toISOString();
		return {
			Execution: { Id: executionArn(stateMachineArn, name), Input: input, Name: name, StartTime },
			StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(":").at(-1) },
		};
	}

	#finish(outcome: Pick<ExecutionDescription, "status" | "output" | "error" | "cause">): void {
		this.#history.end(EVENT_OF[outcome.status]);
		this.#outcome = { ...outcome, stopDate: this.#options.definition.ground.clock.now() };
		this.#options.onStatus(this.describe());
		this.#settle(this.describe());
	}
}

const EVENT_OF: Readonly<Record<ExecutionStatus, string>> = {
	RUNNING: "ExecutionStarted",
	SUCCEEDED: "ExecutionSucceeded",
	FAILED: "ExecutionFailed",
	TIMED_OUT: "ExecutionTimedOut",
	ABORTED: "ExecutionAborted",
};

/** The execution's ARN as Step Functions forms it. */
function executionArn(stateMachineArn: string, name: string): string {
	return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

function sayDefect(thrown: unknown): string {
	return `The interpreter failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
}
