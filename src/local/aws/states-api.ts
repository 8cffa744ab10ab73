import * as z from "zod";
import { ApiError } from "./api-error.ts";

/** An execution as the local workflow describes it; dates are epoch milliseconds. */
type LocalExecution = {
	readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
	readonly input: string;
	readonly startDate: number;
	readonly stopDate: number | null;
};

/** Whatever runs executions of the one state machine in this process. */
export type LocalWorkflow = {
	/**
	 * Starts an execution with a value of JSON. Idempotent as Step Functions is; its refusals are errors named
	 * ExecutionAlreadyExists, InvalidName or InvalidExecutionInput.
	 */
	start(name: string, input: unknown): LocalExecution | Promise<LocalExecution>;
	describe(name: string): LocalExecution | undefined;
};

const REFUSALS: ReadonlySet<string> = new Set(["ExecutionAlreadyExists", "InvalidName", "InvalidExecutionInput"]);
const startSchema = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
const describeSchema = z.object({ executionArn: z.string() });

const read = <T>(schema: z.ZodType<T>, body: string): T => {
	const parsed = schema.safeParse(JSON.parse(body));
	if (parsed.success) return parsed.data;
	throw new ApiError("ValidationException", z.prettifyError(parsed.error));
};

const parseInput = (input: string): unknown => {
	try {
		return JSON.parse(input);
	} catch (error) {
		throw new ApiError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${error}'`);
	}
};

const executionArn = (stateMachineArn: string, name: string): string => {
	const [arn, partition, service, region, account, , machine] = stateMachineArn.split(":");
	return [arn, partition, service, region, account, "execution", machine, name].join(":");
};

const start = async (workflow: LocalWorkflow, body: string) => {
	const { stateMachineArn, name, input } = read(startSchema, body);
	const value = parseInput(input);
	try {
		const { startDate } = await workflow.start(name, value);
		return { executionArn: executionArn(stateMachineArn, name), startDate: startDate / 1000 };
	} catch (error) {
		if (error instanceof Error && REFUSALS.has(error.name)) throw new ApiError(error.name, error.message);
		throw error;
	}
};

const describe = (workflow: LocalWorkflow, body: string) => {
	const { executionArn: arn } = read(describeSchema, body);
	const name = arn.split(":").at(-1) ?? "";
	const execution = workflow.describe(name);
	if (!execution) throw new ApiError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
	return {
		executionArn: arn,
		stateMachineArn: arn.replace(":execution:", ":stateMachine:").replace(/:[^:]+$/, ""),
		name,
		status: execution.status,
		startDate: execution.startDate / 1000,
		...(execution.stopDate !== null && { stopDate: execution.stopDate / 1000 }),
		input: execution.input,
	};
};

/** The names of the operations that exist here. */
export const STATES_OPERATIONS: readonly string[] = ["StartExecution", "DescribeExecution"];

/** The body of Step Functions' answer. Throws ApiError. */
export async function answerStates(workflow: LocalWorkflow | undefined, operation: string, body: string): Promise<string> {
	if (!workflow) throw new ApiError("StateMachineDoesNotExist", "State Machine Does Not Exist: no workflow was given");
	if (operation === "StartExecution") return JSON.stringify(await start(workflow, body));
	if (operation === "DescribeExecution") return JSON.stringify(describe(workflow, body));
	throw new ApiError("UnknownOperationException", `The embedded Step Functions does not know the operation ${operation}`);
}

/** The body of a refusal. */
export function refuseStates({ code, message }: ApiError): string {
	return JSON.stringify({ __type: `com.amazonaws.sfn#${code}`, message });
}
