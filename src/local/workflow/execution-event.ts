/** Where something happened: virtual epoch milliseconds, the execution's name, and the item's index inside a Map. */
type Place = { readonly at: number; readonly execution: string; readonly item?: number; readonly state: string };

/** Something that happened inside an execution, for traces and live progress. Payloads must not be changed. */
export type ExecutionEvent = Place &
	(
		| { readonly type: "entered"; readonly input: unknown }
		| { readonly type: "exited"; readonly output: unknown; readonly next?: string }
		| { readonly type: "failed"; readonly error: string; readonly cause: string }
		| { readonly type: "retried"; readonly error: string; readonly attempt: number; readonly inSeconds: number }
		| { readonly type: "caught"; readonly error: string; readonly next: string }
		/** A task's invocation ended after the machine had given it up; its outcome goes nowhere. */
		| { readonly type: "late"; readonly outcome: "returned" | "threw" }
	);

/** What happened, before time and place are added. */
export type Happening = ExecutionEvent extends infer Event
	? Event extends ExecutionEvent
		? Omit<Event, keyof Place> & { readonly item?: number }
		: never
	: never;

/** As DescribeExecution has it. */
export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/**
 * An execution as DescribeExecution answers and as the `detail` of EventBridge's "Step Functions Execution Status Change"
 * has it: dates in epoch milliseconds, input and output as JSON text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export type ExecutionDescription = {
	readonly executionArn: string;
	readonly stateMachineArn: string;
	readonly name: string;
	readonly status: ExecutionStatus;
	readonly startDate: number;
	readonly stopDate: number | null;
	readonly input: string;
	readonly output: string | null;
	readonly error: string | null;
	readonly cause: string | null;
};
