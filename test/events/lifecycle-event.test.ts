import { describe, expect, it } from "@jest/globals";
import { fromEvents, lifecycleEvent, lifecycleEventWith } from "./samples.ts";

const reading = {
	kind: "lifecycle",
	requestId: "asg:i-1234567890abcdef0:87654321-4321-4321-4321-210987654321",
	account: "123456789012",
	region: "us-west-2",
	instanceId: "i-1234567890abcdef0",
	group: "my-asg",
	hook: "my-lifecycle-hook",
	token: "87654321-4321-4321-4321-210987654321",
	transition: "terminating",
	destination: "EC2",
	origin: "AutoScalingGroup",
	metadata: "additional-info",
	eventTime: Date.parse("2026-01-01T00:00:00Z"),
	via: "eventbridge",
};

describe("a lifecycle action by EventBridge", () => {
	it("says which instance waits for which hook, since when", () => {
		expect(fromEvents(lifecycleEvent)).toStrictEqual(reading);
	});

	it("is read as it was captured, with no metadata because the hook has none", () => {
		const captured =
			'{"version":"0","id":"66f9eb1a-5b2f-b2e0-2177-1ab6eaa34884","detail-type":"EC2 Instance-terminate Lifecycle Action","source":"aws.autoscaling","account":"111122223333","time":"2022-02-08T09:12:05Z","region":"eu-west-3","resources":["arn:aws:autoscaling:eu-west-3:111122223333:autoScalingGroup:5fa554ef-732f-4e67-8f2b-3474caf747f2:autoScalingGroupName/my-asg"],"detail":{"LifecycleActionToken":"be2184df-afe7-4db9-a4a4-e6d6a72210d1","AutoScalingGroupName":"my-asg","LifecycleHookName":"aws-node-termination-handler","EC2InstanceId":"i-0123456789abcdef0","LifecycleTransition":"autoscaling:EC2_INSTANCE_TERMINATING","Origin":"AutoScalingGroup","Destination":"EC2"}}';
		expect(fromEvents(captured)).toStrictEqual({
			kind: "lifecycle",
			requestId: "asg:i-0123456789abcdef0:be2184df-afe7-4db9-a4a4-e6d6a72210d1",
			account: "111122223333",
			region: "eu-west-3",
			instanceId: "i-0123456789abcdef0",
			group: "my-asg",
			hook: "aws-node-termination-handler",
			token: "be2184df-afe7-4db9-a4a4-e6d6a72210d1",
			transition: "terminating",
			destination: "EC2",
			origin: "AutoScalingGroup",
			eventTime: Date.parse("2022-02-08T09:12:05Z"),
			via: "eventbridge",
		});
	});

	it("is read in the form of 2020, which had neither origin nor destination", () => {
		const { origin: _origin, destination: _destination, ...rest } = reading;
		expect(fromEvents(lifecycleEventWith({ Origin: undefined, Destination: undefined }))).toStrictEqual(rest);
	});

	it("is read with detail_type, as some of AWS's samples spell it", () => {
		const { "detail-type": detailType, ...event } = lifecycleEvent;
		expect(fromEvents({ ...event, detail_type: detailType })).toStrictEqual(reading);
	});

	it("is read without account and region", () => {
		const { account: _account, region: _region, ...rest } = reading;
		expect(fromEvents({ ...lifecycleEvent, account: undefined, region: undefined })).toStrictEqual(rest);
	});

	it("is read with fields that AWS may add", () => {
		expect(fromEvents({ ...lifecycleEventWith({ Color: ["blue"] }), "replay-name": "again" })).toStrictEqual(reading);
	});

	it("keeps the milliseconds that some of these events have", () => {
		expect(fromEvents({ ...lifecycleEvent, time: "2021-01-13T00:12:37.214Z" })).toStrictEqual({
			...reading,
			eventTime: Date.parse("2021-01-13T00:12:37.214Z"),
		});
	});

	it("takes the short instance ids of old, a hook with slashes and a group with spaces and slashes", () => {
		const detail = { EC2InstanceId: "i-0abc1234", LifecycleHookName: "team/drain_1", AutoScalingGroupName: "eks/pool a:1 ü" };
		expect(fromEvents(lifecycleEventWith(detail))).toStrictEqual({
			...reading,
			requestId: "asg:i-0abc1234:87654321-4321-4321-4321-210987654321",
			instanceId: "i-0abc1234",
			hook: "team/drain_1",
			group: "eks/pool a:1 ü",
		});
	});

	it("is read when the instance leaves a warm pool for good", () => {
		expect(fromEvents(lifecycleEventWith({ Origin: "WarmPool" }))).toStrictEqual({ ...reading, origin: "WarmPool" });
	});

	it("is ignored when it is a launch: another completes that", () => {
		const launch = lifecycleEventWith({
			LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
			Origin: "EC2",
			Destination: "AutoScalingGroup",
		});
		expect(fromEvents({ ...launch, "detail-type": "EC2 Instance-launch Lifecycle Action" })).toEqual({
			kind: "ignored",
			why: "a launch: its lifecycle action is another's to complete",
		});
	});

	it("is left to a human when the instance goes back to its warm pool", () => {
		expect(fromEvents(lifecycleEventWith({ Destination: "WarmPool" }))).toEqual({
			kind: "unsupported",
			why: "the instance is not terminated but goes back to its warm pool (Destination is WarmPool): this version cannot return a node to service. Drain the node and complete the action by hand before the hook's time-out.",
		});
	});

	it("is left to a human when the instance only gets a new root volume", () => {
		const detail = { Origin: "AutoScalingGroup", Destination: "AutoScalingGroup", Action: "ReplaceRootVolume" };
		expect(fromEvents(lifecycleEventWith(detail))).toEqual({
			kind: "unsupported",
			why: "the instance is not terminated but gets a new root volume (Action is ReplaceRootVolume): this version cannot return a node to service. Drain the node and complete the action by hand before the hook's time-out.",
		});
	});

	it.each([
		[{ Destination: "Moon" }, 'Destination is "Moon", which this version does not know.'],
		[{ Action: "Paint" }, 'Action is "Paint", which this version does not know.'],
	])("is left to a human when it goes where no instance went before: %j", (detail, says) => {
		expect(fromEvents(lifecycleEventWith(detail))).toEqual({
			kind: "unsupported",
			why: `${says} Drain the node and complete the action by hand before the hook's time-out.`,
		});
	});

	it("is left to a human when the transition is a new one", () => {
		expect(fromEvents(lifecycleEventWith({ LifecycleTransition: "autoscaling:EC2_INSTANCE_RESTING" }))).toEqual({
			kind: "unsupported",
			why: 'detail.LifecycleTransition is "autoscaling:EC2_INSTANCE_RESTING": this version knows only autoscaling:EC2_INSTANCE_TERMINATING',
		});
	});

	const token =
		"a lifecycle action token (36 characters, a UUID), without which the action can be neither kept alive nor completed";
	it.each([
		[{ LifecycleActionToken: undefined }, `detail.LifecycleActionToken is missing: it must be ${token}`],
		[{ LifecycleActionToken: "87654321" }, `detail.LifecycleActionToken is "87654321", not ${token}`],
		[
			{ EC2InstanceId: "i-1234567890abcdef0\nok" },
			'detail.EC2InstanceId is "i-1234567890abcdef0\\u{a}ok", not an EC2 instance id (i- and 8 or 17 hexadecimal digits)',
		],
		[{ EC2InstanceId: 17 }, "detail.EC2InstanceId is 17, not an EC2 instance id (i- and 8 or 17 hexadecimal digits)"],
		[
			{ EC2InstanceId: ["i-1234567890abcdef0"] },
			"detail.EC2InstanceId is a list of 1, not an EC2 instance id (i- and 8 or 17 hexadecimal digits)",
		],
		[
			{ LifecycleHookName: "a hook" },
			'detail.LifecycleHookName is "a hook", not a lifecycle hook name (1 to 255 letters, digits, -, _ and /)',
		],
		[
			{ AutoScalingGroupName: "my\tasg" },
			'detail.AutoScalingGroupName is "my\\u{9}asg", not an Auto Scaling group name (1 to 255 characters, no control characters)',
		],
		[
			{ AutoScalingGroupName: "" },
			'detail.AutoScalingGroupName is "", not an Auto Scaling group name (1 to 255 characters, no control characters)',
		],
		[{ Origin: "a b" }, 'detail.Origin is "a b", not a word of up to 64 letters and digits'],
		[
			{ LifecycleTransition: undefined },
			"detail.LifecycleTransition is missing: it must be autoscaling:EC2_INSTANCE_TERMINATING",
		],
		[
			{ LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" },
			"detail.LifecycleTransition says launch, but detail-type is EC2 Instance-terminate Lifecycle Action",
		],
	])("is malformed with %j", (detail, why) => {
		expect(fromEvents(lifecycleEventWith(detail))).toEqual({ kind: "malformed", why });
	});

	it.each([
		[{ time: undefined }, "time is missing: it must be a time with its zone, such as 2026-01-01T00:00:00Z"],
		[{ time: "2026-02-30T00:00:00Z" }, 'time is "2026-02-30T00:00:00Z", not a time with its zone, such as 2026-01-01T00:00:00Z'],
		[{ time: "2026-01-01" }, 'time is "2026-01-01", not a time with its zone, such as 2026-01-01T00:00:00Z'],
		[{ account: "12" }, 'account is "12", not an AWS account id (12 digits)'],
		[{ region: "nowhere" }, 'region is "nowhere", not an AWS region such as eu-west-1'],
		[{ detail: undefined }, "detail is missing: it must be an object"],
		[{ detail: "text" }, 'detail is "text", not an object'],
		[
			{ "detail-type": "EC2 Instance-launch Lifecycle Action" },
			"detail.LifecycleTransition says terminating, but detail-type is EC2 Instance-launch Lifecycle Action",
		],
	])("is malformed when its envelope has %j", (fields, why) => {
		expect(fromEvents({ ...lifecycleEvent, ...fields })).toEqual({ kind: "malformed", why });
	});

	it("names every field that is wrong, in one message", () => {
		const reading = fromEvents(lifecycleEventWith({ EC2InstanceId: "x", LifecycleHookName: undefined }));
		expect(reading).toEqual({
			kind: "malformed",
			why: 'detail.EC2InstanceId is "x", not an EC2 instance id (i- and 8 or 17 hexadecimal digits); detail.LifecycleHookName is missing: it must be a lifecycle hook name (1 to 255 letters, digits, -, _ and /)',
		});
	});
});
