import * as z from "zod";
import { account, type Fields, instant } from "./fields.ts";
import { lifecycleActionSchema, lifecycleReading, notTerminating, readTestNotification } from "./lifecycle-action.ts";
import { ignored, malformed, type Reading } from "./reading.ts";
import { complaintsOf, quote } from "./wording.ts";

/**
 * What a hook with a notification target sends by itself, to SQS or through SNS; in 2018 without Origin and Destination.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
 */
const lifecycleNotificationSchema = z.object({
	...lifecycleActionSchema.shape,
	AccountId: account.optional(),
	Time: instant,
});

/** Whether Auto Scaling itself, not EventBridge, wrote this. */
export const isNotification = (fields: Fields): boolean =>
	Object.hasOwn(fields, "LifecycleTransition") ||
	Object.hasOwn(fields, "LifecycleActionToken") ||
	(typeof fields.Event === "string" && fields.Event.startsWith("autoscaling:"));

/** Reads a notification: JSON's object, or the one that its lines amount to. */
export function readLifecycleNotification(fields: Fields): Reading {
	if (fields.Event === "autoscaling:TEST_NOTIFICATION") return readTestNotification(fields);
	if (!Object.hasOwn(fields, "LifecycleTransition") && !Object.hasOwn(fields, "LifecycleActionToken")) {
		return ignored(`a notice of Auto Scaling that waits for no answer: ${quote(fields.Event)}`);
	}
	const other = notTerminating(fields, "");
	if (other) return other;
	const read = lifecycleNotificationSchema.safeParse(fields);
	if (!read.success) return malformed(complaintsOf(read.error, fields));
	return lifecycleReading(read.data, { account: read.data.AccountId, eventTime: read.data.Time, via: "sqs" });
}
