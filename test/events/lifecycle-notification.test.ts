import { describe, expect, it } from "@jest/globals";
import { fromEvents, notification, notificationLines, notificationReading, testNotification } from "./samples.ts";

describe("a notification of Auto Scaling", () => {
	it("says the same as the event, but for the region that it lacks", () => {
		expect(fromEvents(notification)).toStrictEqual(notificationReading);
	});

	it("is read in the form of 2018, which had neither origin, destination nor metadata", () => {
		const { Origin: _o, Destination: _d, NotificationMetadata: _m, ...old } = notification;
		const { origin: _origin, destination: _destination, metadata: _metadata, ...rest } = Object(notificationReading);
		expect(fromEvents(old)).toStrictEqual(rest);
	});

	const linesReading = {
		kind: "lifecycle",
		requestId: "asg:i-0598c7d356eba48d7:71514b9d-6a40-4b26-8523-05e7ee35fa40",
		account: "123456789012",
		instanceId: "i-0598c7d356eba48d7",
		group: "my-asg",
		hook: "my-hook",
		token: "71514b9d-6a40-4b26-8523-05e7ee35fa40",
		transition: "terminating",
		metadata: "hook message metadata",
		eventTime: Date.parse("2021-01-19T00:36:26.533Z"),
		via: "sqs",
	};

	it("is read as lines of key and value", () => {
		expect(fromEvents(notificationLines)).toStrictEqual(linesReading);
	});

	it("is read as lines that end as on Windows, among lines of another form", () => {
		const lines = `Dear subscriber!\n\n${notificationLines}\n--\nto unsubscribe, see below\n`.replaceAll("\n", "\r\n");
		expect(fromEvents(lines)).toStrictEqual(linesReading);
	});

	it("keeps colons in a value", () => {
		const lines = notificationLines.replace("hook message metadata", 'a: b: {"c":1}');
		expect(fromEvents(lines)).toStrictEqual({ ...linesReading, metadata: 'a: b: {"c":1}' });
	});

	it("is malformed when a key of its lines comes twice", () => {
		expect(fromEvents(`${notificationLines}EC2InstanceId: i-00000000000000000\n`)).toEqual({
			kind: "malformed",
			why: "EC2InstanceId is there twice",
		});
	});

	it("that is a test names its group", () => {
		expect(fromEvents(testNotification)).toStrictEqual({ kind: "test notification", group: "my-asg" });
	});

	it("that is a test is known by its transition too", () => {
		const { Event: event, ...rest } = testNotification;
		expect(fromEvents({ ...rest, LifecycleTransition: event })).toStrictEqual({ kind: "test notification", group: "my-asg" });
	});

	it("that is a test is known as lines", () => {
		const lines = "AutoScalingGroupName: my-asg\nEvent: autoscaling:TEST_NOTIFICATION\n";
		expect(fromEvents(lines)).toStrictEqual({ kind: "test notification", group: "my-asg" });
	});

	it("that is a test without a group is malformed", () => {
		expect(fromEvents({ ...testNotification, AutoScalingGroupName: undefined })).toEqual({
			kind: "malformed",
			why: "AutoScalingGroupName is missing: it must be an Auto Scaling group name (1 to 255 characters, no control characters)",
		});
	});

	it("of a launch is ignored", () => {
		expect(fromEvents({ ...notification, LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" })).toEqual({
			kind: "ignored",
			why: "a launch: its lifecycle action is another's to complete",
		});
	});

	it.each(["autoscaling:EC2_INSTANCE_TERMINATE", "autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_TERMINATE_ERROR"])(
		"that is only a notice, %s, is ignored",
		(event) => {
			const notice = {
				Service: "AWS Auto Scaling",
				Event: event,
				StatusCode: "MidTerminatingLifecycleAction",
				EC2InstanceId: "i-03a2b505b266b2eaa",
				AutoScalingGroupName: "my-asg",
				Time: "2024-02-26T04:53:24.631Z",
			};
			expect(fromEvents(notice)).toEqual({
				kind: "ignored",
				why: `a notice of Auto Scaling that waits for no answer: "${event}"`,
			});
		},
	);

	it("of a return to the warm pool is left to a human", () => {
		expect(fromEvents({ ...notification, Destination: "WarmPool" })).toMatchObject({ kind: "unsupported" });
	});

	it.each([
		[
			{ LifecycleActionToken: undefined },
			"LifecycleActionToken is missing: it must be a lifecycle action token (36 characters, a UUID), without which the action can be neither kept alive nor completed",
		],
		[{ LifecycleTransition: undefined }, "LifecycleTransition is missing: it must be autoscaling:EC2_INSTANCE_TERMINATING"],
		[{ LifecycleTransition: {} }, "LifecycleTransition is an object: it must be autoscaling:EC2_INSTANCE_TERMINATING"],
		[{ Time: 1708923204631 }, "Time is 1708923204631, not a time with its zone, such as 2026-01-01T00:00:00Z"],
		[{ AccountId: "1" }, 'AccountId is "1", not an AWS account id (12 digits)'],
		[
			{ EC2InstanceId: "i-../../secrets" },
			'EC2InstanceId is "i-../../secrets", not an EC2 instance id (i- and 8 or 17 hexadecimal digits)',
		],
	])("is malformed with %j", (fields, why) => {
		expect(fromEvents({ ...notification, ...fields })).toEqual({ kind: "malformed", why });
	});
});
