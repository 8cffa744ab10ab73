import { readMessage } from "../../src/events/read-message.ts";
import type { Reading } from "../../src/events/reading.ts";

const textOf = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));

/** What a body on the queue of AWS's messages says; anything but a string is sent as JSON. */
export const fromEvents = (body: unknown): Reading => readMessage({ body: textOf(body), queue: "events", messageId: "m-1" });

/** The same on the queue of orders. */
export const fromOrders = (body: unknown): Reading => readMessage({ body: textOf(body), queue: "orders", messageId: "m-1" });

/** The sample of AWS's event reference. */
export const lifecycleEvent = {
	version: "0",
	id: "12345678-1234-1234-1234-123456789012",
	"detail-type": "EC2 Instance-terminate Lifecycle Action",
	source: "aws.autoscaling",
	account: "123456789012",
	time: "2026-01-01T00:00:00Z",
	region: "us-west-2",
	resources: ["auto-scaling-group-arn"],
	detail: {
		LifecycleActionToken: "87654321-4321-4321-4321-210987654321",
		AutoScalingGroupName: "my-asg",
		LifecycleHookName: "my-lifecycle-hook",
		EC2InstanceId: "i-1234567890abcdef0",
		LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
		NotificationMetadata: "additional-info",
		Origin: "AutoScalingGroup",
		Destination: "EC2",
	},
};

/** The event with other or fewer (undefined) fields in its detail. */
export const lifecycleEventWith = (detail: Readonly<Record<string, unknown>>) => ({
	...lifecycleEvent,
	detail: { ...lifecycleEvent.detail, ...detail },
});

/** As captured from a hook that sends to SQS by itself, 2024. */
export const notification = {
	Origin: "AutoScalingGroup",
	LifecycleHookName: "node-drain",
	Destination: "EC2",
	AccountId: "123456789123",
	RequestId: "a696378f-0ac5-68d3-d6a4-688f99ecd5b4",
	LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
	AutoScalingGroupName: "my-asg",
	Service: "AWS Auto Scaling",
	Time: "2024-02-26T04:53:24.631Z",
	EC2InstanceId: "i-03a2b505b266b2eaa",
	NotificationMetadata: '{"cluster":"prod"}',
	LifecycleActionToken: "451ac51f-6fdc-486f-9027-745b0c254a31",
};

/** What `notification` says. */
export const notificationReading: Reading = {
	kind: "lifecycle",
	requestId: "asg:i-03a2b505b266b2eaa:451ac51f-6fdc-486f-9027-745b0c254a31",
	account: "123456789123",
	instanceId: "i-03a2b505b266b2eaa",
	group: "my-asg",
	hook: "node-drain",
	token: "451ac51f-6fdc-486f-9027-745b0c254a31",
	transition: "terminating",
	destination: "EC2",
	origin: "AutoScalingGroup",
	metadata: '{"cluster":"prod"}',
	eventTime: Date.parse("2024-02-26T04:53:24.631Z"),
	via: "sqs",
};

/** As AWS's documentation shows it for SNS. */
export const notificationLines = `Service: AWS Auto Scaling
Time: 2021-01-19T00:36:26.533Z
RequestId: 18b2ec17-3e9b-4c15-8024-ff2e8ce8786a
LifecycleActionToken: 71514b9d-6a40-4b26-8523-05e7ee35fa40
AccountId: 123456789012
AutoScalingGroupName: my-asg
LifecycleHookName: my-hook
EC2InstanceId: i-0598c7d356eba48d7
LifecycleTransition: autoscaling:EC2_INSTANCE_TERMINATING
NotificationMetadata: hook message metadata
`;

export const testNotification = {
	AccountId: "609519224176",
	RequestId: "b36d6757-57c7-11e8-a9ca-b3409db76d91",
	AutoScalingGroupARN:
		"arn:aws:autoscaling:us-west-2:609519224176:autoScalingGroup:d3ab46f5-9274-4f34-8141-87b0384f69ec:autoScalingGroupName/my-asg",
	AutoScalingGroupName: "my-asg",
	Service: "AWS Auto Scaling",
	Event: "autoscaling:TEST_NOTIFICATION",
	Time: "2018-05-14T22:39:45.555Z",
};

export const executionStatus = {
	version: "0",
	id: "315c1398-40ff-a850-213b-158f73e60175",
	"detail-type": "Step Functions Execution Status Change",
	source: "aws.states",
	account: "123456789012",
	time: "2026-02-26T19:42:21Z",
	region: "us-east-1",
	resources: ["arn:aws:states:us-east-1:123456789012:execution:evacuator:i-1234567890abcdef0-2"],
	detail: {
		executionArn: "arn:aws:states:us-east-1:123456789012:execution:evacuator:i-1234567890abcdef0-2",
		stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:evacuator",
		name: "i-1234567890abcdef0-2",
		status: "TIMED_OUT",
		startDate: 1551224926156,
		stopDate: 1551224927157,
		input: "{}",
		inputDetails: { included: true },
		output: null,
		outputDetails: null,
	},
};

/** The event of an execution with another name or status. */
export const executionStatusWith = (detail: Readonly<Record<string, unknown>>) => ({
	...executionStatus,
	detail: { ...executionStatus.detail, ...detail },
});

export const order = {
	kind: "drain",
	version: 1,
	requestId: "chg-1234-i-0abc",
	instanceId: "i-0123456789abcdef0",
	intent: "drain-then-release",
	reason: "CHG1234",
	requestedBy: "alice",
	deadline: "2026-12-01T00:00:00Z",
};

export const cancelOrder = {
	kind: "cancel",
	version: 1,
	requestId: "chg-1234-back",
	instanceId: "i-0123456789abcdef0",
	reason: "wrong host",
	requestedBy: "alice",
	issuedAt: "2026-11-22T12:30:00+01:00",
	notAfter: "2026-11-23T00:00:00Z",
};

/** The order with other or fewer (undefined) fields. */
export const orderWith = (fields: Readonly<Record<string, unknown>>) => ({ ...order, ...fields });

/** A message as SNS puts it on a queue when raw delivery is off. */
export const inSns = (message: unknown) => ({
	Type: "Notification",
	MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
	TopicArn: "arn:aws:sns:us-west-2:123456789012:lifecycle",
	Subject: "Auto Scaling:  Lifecycle action 'TERMINATING' for instance i-03a2b505b266b2eaa in progress.",
	Message: textOf(message),
	Timestamp: "2024-03-23T03:26:43.936Z",
	SignatureVersion: "1",
	Signature: "EXAMPLE",
	SigningCertURL: "https://sns.us-west-2.amazonaws.com/cert.pem",
	UnsubscribeURL: "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
});
