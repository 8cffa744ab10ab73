import * as z from "zod";
import { ApiError } from "./api-error.ts";

/** An execution as the local workflow describes it; instants are epoch milliseconds. */
export type LocalExecution = {
	readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
	readonly input: string;
	readonly startedAt: number;
	readonly stoppedAt?: number;
};

/** Whatever runs executions of the one state machine in this process. */
export type LocalWorkflow = {
	/** Starts an execution whose name was never used; it goes on by itself. */
	start(name: string, input: string): void | Promise<void>;
	describe(name: string): LocalExecution | undefined;
};

const MAX_INPUT = 262_144;
const startSchema = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
const describeSchema = z.object({ executionArn: z.string() });

const read = <T>(schema: z.ZodType<T>, body: string): T => {
	const parsed = schema.safeParse(JSON.parse(body));
	if (parsed.success) return parsed.data;
	throw new ApiError("ValidationException", z.prettifyError(parsed.error));
};

const isJson = (text: string): boolean => {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
};

const executionArn = (stateMachineArn: string, name: string): string => {
	const [arn, partition, service, region, account, , machine] = stateMachineArn.split(":");
	return [arn, partition, service, region, account, "execution", machine, name].join(":");
};

const started = (arn: string, { startedAt }: LocalExecution) => ({ executionArn: arn, startDate: startedAt / 1000 });

const start = async (workflow: LocalWorkflow, body: string) => {
	const { stateMachineArn, name, input } = read(startSchema, body);
	if (!/^[\w.-]{1,80}$/.test(name)) throw new ApiError("InvalidName", `Invalid Name: '${name}'`);
	if (!isJson(input) || input.length > MAX_INPUT) {
		throw new ApiError("InvalidExecutionInput", "Invalid State Machine Execution Input");
	}
	const arn = executionArn(stateMachineArn, name);
	const before = workflow.describe(name);
	// Idempotent only while it runs, and only with the same input.
	if (before?.status === "RUNNING" && before.input === input) return started(arn, before);
	if (before) throw new ApiError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
	await workflow.start(name, input);
	const now = workflow.describe(name);
	if (!now) throw new ApiError("InternalFailure", `the local workflow does not know ${name}, which it has just started`, 500);
	return started(arn, now);
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
		startDate: execution.startedAt / 1000,
		...(execution.stoppedAt !== undefined && { stopDate: execution.stoppedAt / 1000 }),
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
