import * as z from "zod";
import type { Fields } from "./fields.ts";
import { ignored, malformed, type Reading, unsupported } from "./reading.ts";
import { complaintsOf, quote } from "./wording.ts";

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-events.html */
const executionStatusSchema = z.object({
	detail: z.object(
		{
			name: z.string({ error: "the execution's name" }),
			status: z.enum(["RUNNING", "PENDING_REDRIVE", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"], {
				error: "a status of an execution",
			}),
		},
		{ error: "an object" },
	),
});

const EVENT = "Step Functions Execution Status Change";
const ourName = /^(i-[0-9a-f]{8}(?:[0-9a-f]{9})?)-(\d{1,9})$/;

/** Reads an EventBridge event of the source aws.states. Our executions are named `<instance>-<generation>`. */
export function readExecutionStatus(event: Fields, detailType: string): Reading {
	if (detailType !== EVENT)
		return unsupported(`detail-type is ${quote(detailType)}: of Step Functions this version reads only ${quote(EVENT)}`);
	const read = executionStatusSchema.safeParse(event);
	if (!read.success) return malformed(complaintsOf(read.error, event));
	const { name, status } = read.data.detail;
	if (status === "RUNNING" || status === "PENDING_REDRIVE") return ignored(`execution ${quote(name)} has not ended: ${status}`);
	const [, instanceId, generation] = ourName.exec(name) ?? [];
	if (!instanceId) return ignored(`execution ${quote(name)} is not named <instance>-<generation>: another state machine's`);
	return { kind: "execution ended", instanceId, generation: Number(generation), status };
}
