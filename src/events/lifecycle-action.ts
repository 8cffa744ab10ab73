import * as z from "zod";
import { actionToken, awsWord, type Fields, groupName, hookName, instanceId, withoutUndefined } from "./fields.ts";
import { ignored, type LifecycleReading, malformed, type Reading, unsupported } from "./reading.ts";
import { complaintsOf, quote } from "./wording.ts";

/** The fields that an action has in EventBridge's `detail` as well as in a notification. */
export const lifecycleActionSchema = z.object(
	{
		EC2InstanceId: instanceId,
		AutoScalingGroupName: groupName,
		LifecycleHookName: hookName,
		LifecycleActionToken: actionToken,
		Origin: awsWord.optional(),
		Destination: awsWord.optional(),
		NotificationMetadata: z.string({ error: "text" }).optional(),
	},
	{ error: "an object" },
);

const TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING";
const LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING";
const TEST = "autoscaling:TEST_NOTIFICATION";

/**
 * Everything that `LifecycleTransition` can say but one: undefined means that this instance is to be terminated. `within` is
 * where complaints find the action.
 */
export function notTerminating(action: Fields, within: "" | "detail."): Reading | undefined {
	const transition = action.LifecycleTransition;
	if (transition === TEST) return readTestNotification(action);
	if (transition === LAUNCHING) return ignored("a launch: its lifecycle action is another's to complete");
	if (typeof transition !== "string") {
		return malformed(
			`${within}LifecycleTransition is ${transition === undefined ? "missing" : quote(transition)}: it must be ${TERMINATING}`,
		);
	}
	if (transition !== TERMINATING)
		return unsupported(`${within}LifecycleTransition is ${quote(transition)}: this version knows only ${TERMINATING}`);
	return comesBack(action);
}

const BY_HAND = "Drain the node and complete the action by hand before the hook's time-out";

/**
 * The same transition also announces instances that stay: those that go back to a warm pool
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html) and those that get a new root
 * volume and are rebooted (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-eventbridge-events.html).
 */
function comesBack({ Action: action, Destination: destination }: Fields): Reading | undefined {
	if (action === "ReplaceRootVolume") {
		return unsupported(
			`the instance is not terminated but gets a new root volume (Action is ReplaceRootVolume): ${NO_RETURN}. ${BY_HAND}.`,
		);
	}
	if (destination === "WarmPool") {
		return unsupported(
			`the instance is not terminated but goes back to its warm pool (Destination is WarmPool): ${NO_RETURN}. ${BY_HAND}.`,
		);
	}
	if (action !== undefined) return unsupported(`Action is ${quote(action)}, which this version does not know. ${BY_HAND}.`);
	if (destination !== undefined && destination !== "EC2") {
		return unsupported(`Destination is ${quote(destination)}, which this version does not know. ${BY_HAND}.`);
	}
	return undefined;
}

const NO_RETURN = "this version cannot return a node to service";

/** Auto Scaling sends one whenever a hook with a target is put; it names neither a hook nor an instance. */
export function readTestNotification(fields: Fields): Reading {
	const read = z.object({ AutoScalingGroupName: groupName }).safeParse(fields);
	if (!read.success) return malformed(complaintsOf(read.error, fields));
	return { kind: "test notification", group: read.data.AutoScalingGroupName };
}

/** The reading of an action that has been checked, with what its carrier adds. */
export function lifecycleReading(
	action: z.output<typeof lifecycleActionSchema>,
	carrier: { account?: string | undefined; region?: string | undefined; eventTime: number; via: "eventbridge" | "sqs" },
): LifecycleReading {
	return withoutUndefined({
		kind: "lifecycle",
		requestId: `asg:${action.EC2InstanceId}:${action.LifecycleActionToken}`,
		account: carrier.account,
		region: carrier.region,
		instanceId: action.EC2InstanceId,
		group: action.AutoScalingGroupName,
		hook: action.LifecycleHookName,
		token: action.LifecycleActionToken,
		transition: "terminating",
		destination: action.Destination,
		origin: action.Origin,
		metadata: action.NotificationMetadata,
		eventTime: carrier.eventTime,
		via: carrier.via,
	} as const);
}
