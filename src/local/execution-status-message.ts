import { steadyUuid } from "./aws/account.ts";
import type { ExecutionDescription } from "./workflow/execution-event.ts";

/**
 * The event by which EventBridge's rule tells that an execution ended without succeeding; undefined for any other status.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionStatusMessage(detail: ExecutionDescription): string | undefined {
	const { status, executionArn, stopDate } = detail;
	if (stopDate === null || !["FAILED", "TIMED_OUT", "ABORTED"].includes(status)) return undefined;
	const [, , , region, account] = executionArn.split(":");
	return JSON.stringify({
		version: "0",
		id: steadyUuid("status", executionArn, status),
		"detail-type": "Step Functions Execution Status Change",
		source: "aws.states",
		account,
		time: `${new Date(stopDate).toISOString().slice(0, 19)}Z`,
		region,
		resources: [executionArn],
		detail,
	});
}
