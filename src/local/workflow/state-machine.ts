import { Execution } from "./execution.ts";
import type { ExecutionDescription, ExecutionEvent } from "./execution-event.ts";
import { type Ground, loadDefinition } from "./load-definition.ts";
import { exceedsLimit, PAYLOAD_LIMIT } from "./payload-limit.ts";
import { ExecutionAlreadyExists, ExecutionDoesNotExist, InvalidExecutionInput, InvalidName } from "./states-faults.ts";

/** What a state machine is made of. */
type StateMachineOptions = Ground & {
	/** The definition: JSON text or its value. */
	readonly definition: unknown;
	/** `arn:aws:states:<region>:<account>:stateMachine:<name>`. */
	readonly arn: string;
	/** Told everything that happens inside the executions. */
	readonly onEvent?: (event: ExecutionEvent) => void;
	/** Told when an execution starts and when it ends. */
	readonly onStatus?: (description: ExecutionDescription) => void;
};

/** How an execution ends that is ended from outside. */
type StoppedStatus = "ABORTED" | "FAILED" | "TIMED_OUT";

/** What `createStateMachine` answers. */
export type StateMachine = ReturnType<typeof createStateMachine>;

/**
 * A Standard state machine whose executions run on the clock. Throws DefinitionRefused for a definition that it cannot run
 * exactly as Step Functions would.
 */
export function createStateMachine(options: StateMachineOptions) {
	const { arn, onEvent = () => {}, onStatus = () => {}, ...rest } = options;
	let definition = loadDefinition(options.definition, rest);
	const executions = new Map<string, Execution>();
	const existing = (name: string): Execution => {
		const execution = executions.get(name);
		if (!execution) throw new ExecutionDoesNotExist(`cannot find execution ${name}`);
		return execution;
	};

	return {
		arn,
		/**
		 * Starts an execution with a value of JSON. The same name and input while it runs is the same execution; else a taken
		 * name is ExecutionAlreadyExists. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
		 */
		start(name: string, input: unknown): ExecutionDescription {
			refuseName(name);
			const text = encodeInput(input);
			const known = executions.get(name)?.describe();
			if (known?.status === "RUNNING" && known.input === text) return known;
			if (known) throw new ExecutionAlreadyExists(`cannot start ${name}: an execution of this name exists, ${known.status}`);
			const execution = new Execution({ definition, stateMachineArn: arn, name, input: text, onEvent, onStatus });
			executions.set(name, execution);
			execution.begin();
			return execution.describe();
		},
		/** Executions that start from now on run this definition; those that run keep theirs. Throws DefinitionRefused. */
		update(next: unknown): void {
			definition = loadDefinition(next, rest);
		},
		/** Undefined when there never was one of this name. */
		describe(name: string): ExecutionDescription | undefined {
			return executions.get(name)?.describe();
		},
		/** Ends it as StopExecution does (ABORTED), or as Step Functions itself would when it gives it up. */
		async stop(name: string, error = "", cause = "", status: StoppedStatus = "ABORTED"): Promise<ExecutionDescription> {
			return existing(name).stop(error, cause, status);
		},
		/** How it ended; a thread has to rest on this. */
		async ended(name: string): Promise<ExecutionDescription> {
			return existing(name).ended;
		},
		/** The types of its history events so far, counted as Step Functions counts them. */
		history(name: string): readonly string[] {
			return existing(name).history;
		},
		/** All executions, in the order of their start. */
		list(): readonly ExecutionDescription[] {
			return [...executions.values()].map((execution) => execution.describe());
		},
	};
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function refuseName(name: string): void {
	if (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) return;
	throw new InvalidName(
		`cannot name an execution ${JSON.stringify(name)}: 1 to 80 characters, no blanks, no <>{}[]?*"#%\\^|~\`$&,;:/`,
	);
}

function encodeInput(input: unknown): string {
	const text = JSON.stringify(input);
	if (text === undefined) throw new InvalidExecutionInput("cannot start an execution: the input is no JSON");
	if (exceedsLimit(text)) throw new InvalidExecutionInput(`cannot start an execution: the input has over ${PAYLOAD_LIMIT} bytes`);
	return text;
}
