import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { executionName, type MaintenanceKey } from "../../domain/record.ts";
import { ConfigurationInvalid } from "../../faults.ts";
import type { Workflow } from "../../ports.ts";
import { awsFault, isAwsError } from "./aws-fault.ts";

/** What an execution gets, and all it gets. The generation is a string, as DynamoDB's N in the definition wants it. */
function executionInput({ instanceId, generation }: MaintenanceKey): string {
	return JSON.stringify({ instanceId, generation: String(generation) });
}

/** A version or an alias that the ARN names does not appear in the ARNs of its executions. */
const executionPrefix = (stateMachineArn: string): string => {
	const parts = /^(arn:[^:]+:states:[^:]+:\d+):stateMachine:([^:]+)(?::[^:]+)?$/.exec(stateMachineArn);
	if (!parts) throw new ConfigurationInvalid(`cannot use ${stateMachineArn}: it is not the ARN of a state machine`);
	return `${parts[1]}:execution:${parts[2]}`;
};

/**
 * Step Functions. An execution is named `<instance>-<generation>` and its input is always the same text: StartExecution
 * is idempotent only for the same name with the same input.
 */
export function createWorkflow({ sfn }: { readonly sfn: SFNClient }, stateMachineArn: string): Workflow {
	const prefix = executionPrefix(stateMachineArn);
	return {
		async start(key) {
			const name = executionName(key);
			try {
				await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: executionInput(key) }));
			} catch (error) {
				if (!isAwsError(error, "ExecutionAlreadyExists")) throw awsFault(`start the execution ${name}`, error);
			}
		},

		async state(key) {
			const name = executionName(key);
			try {
				const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: `${prefix}:${name}` }));
				return status === "RUNNING" || status === "PENDING_REDRIVE" ? "running" : "ended";
			} catch (error) {
				if (isAwsError(error, "ExecutionDoesNotExist")) return "none";
				throw awsFault(`describe the execution ${name}`, error);
			}
		},
	};
}
