import * as z from "zod";
import { account, type Fields, instant, isFields, region } from "./fields.ts";
import { lifecycleActionSchema, lifecycleReading, notTerminating } from "./lifecycle-action.ts";
import { ignored, malformed, type Reading, unsupported } from "./reading.ts";
import { complaintsOf, quote } from "./wording.ts";

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html */
const lifecycleEventSchema = z.object({
	account: account.optional(),
	region: region.optional(),
	time: instant,
	detail: lifecycleActionSchema,
});

const TERMINATE = "EC2 Instance-terminate Lifecycle Action";
const LAUNCH = "EC2 Instance-launch Lifecycle Action";

/** Reads an EventBridge event of the source aws.autoscaling. */
export function readLifecycleEvent(event: Fields, detailType: string): Reading {
	if (detailType === LAUNCH) return readLaunch(event.detail);
	if (detailType !== TERMINATE) return readOther(event.detail, detailType);
	const other = isFields(event.detail) ? notTerminating(event.detail, "detail.") : undefined;
	if (other?.kind === "ignored") return malformed(`detail.LifecycleTransition says launch, but detail-type is ${TERMINATE}`);
	if (other) return other;
	const read = lifecycleEventSchema.safeParse(event);
	if (!read.success) return malformed(complaintsOf(read.error, event));
	const { detail, time, ...from } = read.data;
	return lifecycleReading(detail, { ...from, eventTime: time, via: "eventbridge" });
}

function readLaunch(detail: unknown): Reading {
	if (isFields(detail) && detail.LifecycleTransition === "autoscaling:EC2_INSTANCE_TERMINATING") {
		return malformed(`detail.LifecycleTransition says terminating, but detail-type is ${LAUNCH}`);
	}
	return ignored("a launch: its lifecycle action is another's to complete");
}

/** Launched, terminated, refreshed: news after the fact. With a token, something waits for an answer. */
function readOther(detail: unknown, detailType: string): Reading {
	if (isFields(detail) && Object.hasOwn(detail, "LifecycleActionToken")) {
		return unsupported(`detail-type is ${quote(detailType)}: a lifecycle action that this version does not know`);
	}
	return ignored(`a notice of Auto Scaling that waits for no answer: ${quote(detailType)}`);
}
