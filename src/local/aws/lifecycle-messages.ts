import { type HookSettings, steadyUuid } from "./account.ts";

/** A termination that waits, as AWS tells of it. */
export type WaitingAction = {
	readonly account: string;
	readonly region: string;
	readonly group: string;
	readonly instanceId: string;
	readonly hook: HookSettings;
	readonly token: string;
	/** Epoch milliseconds. */
	readonly at: number;
};

/** The event as EventBridge puts it on a queue: seconds in `time`, no NotificationMetadata when the hook has none. */
export function eventBridgeMessage({ account, region, group, instanceId, hook, token, at }: WaitingAction): string {
	const groupArn = `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${steadyUuid("group", group)}`;
	return JSON.stringify({
		version: "0",
		id: steadyUuid("event", token),
		"detail-type": "EC2 Instance-terminate Lifecycle Action",
		source: "aws.autoscaling",
		account,
		time: `${new Date(at).toISOString().slice(0, 19)}Z`,
		region,
		resources: [`${groupArn}:autoScalingGroupName/${group}`],
		detail: {
			LifecycleActionToken: token,
			AutoScalingGroupName: group,
			LifecycleHookName: hook.name,
			EC2InstanceId: instanceId,
			LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
			...(hook.metadata !== undefined && { NotificationMetadata: hook.metadata }),
			Origin: "AutoScalingGroup",
			Destination: "EC2",
		},
	});
}

/** The notification as a hook with a queue for its target sends it: milliseconds in `Time`. */
export function queueNotification({ account, group, instanceId, hook, token, at }: WaitingAction): string {
	return JSON.stringify({
		Origin: "AutoScalingGroup",
		LifecycleHookName: hook.name,
		Destination: "EC2",
		AccountId: account,
		RequestId: steadyUuid("notification", token),
		LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
		AutoScalingGroupName: group,
		Service: "AWS Auto Scaling",
		Time: new Date(at).toISOString(),
		EC2InstanceId: instanceId,
		...(hook.metadata !== undefined && { NotificationMetadata: hook.metadata }),
		LifecycleActionToken: token,
	});
}
