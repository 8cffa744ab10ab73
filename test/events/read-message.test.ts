import { describe, expect, it } from "@jest/globals";
import { executionStatus, fromEvents, fromOrders, lifecycleEvent, notification, order, testNotification } from "./samples.ts";

describe("the queue that a message came on", () => {
	it.each([
		["an event of EventBridge", lifecycleEvent],
		["an event of EventBridge", executionStatus],
		["an event of EventBridge", { "detail-type": "AWS Health Event", source: "aws.health" }],
		["a notification of Auto Scaling", notification],
		["a notification of Auto Scaling", testNotification],
	])("must be events for %s", (name, message) => {
		expect(fromOrders(message)).toEqual({
			kind: "malformed",
			why: `${name} came on the orders queue: it is accepted on the events queue only`,
		});
	});

	it("must be orders for an order, or whoever can write an event could drain any node", () => {
		expect(fromEvents(order)).toEqual({
			kind: "malformed",
			why: "an order came on the events queue: it is accepted on the orders queue only",
		});
	});
});

describe("an event of EventBridge that is not handled yet", () => {
	const event = { version: "0", id: "7bf73129-1428-4cd3-a780-95db273d1602", account: "123456789012", region: "us-east-1" };
	const order = "send a drain order for the instance to the orders queue";
	const ec2 = `this version does not act on EC2's own events (Spot, rebalance, capacity, state changes): ${order} if it is to leave`;

	it.each([
		["aws.health", "AWS Health Event", `this version does not act on AWS Health: ${order}`],
		["aws.ec2", "EC2 Spot Instance Interruption Warning", ec2],
		["aws.ec2", "EC2 Instance Rebalance Recommendation", ec2],
		["aws.ec2", "EC2 Instance State-change Notification", ec2],
		["aws.events", "Scheduled Event", `a rule on a schedule says nothing about what to drain: ${order}`],
		["my.pipeline", "Drain please", "this version does not act on it"],
	])("is kept for a human, with the way out: %s, %s", (source, detailType, wayOut) => {
		expect(fromEvents({ ...event, source, "detail-type": detailType, detail: {} })).toEqual({
			kind: "unsupported",
			why: `"${detailType}" from "${source}": ${wayOut}`,
		});
	});

	it("is recognised with detail_type, as AWS's sample of the capacity warning has it", () => {
		const warning = "EC2 Capacity Reservation Instance Interruption Warning";
		expect(fromEvents({ ...event, source: "aws.ec2", detail_type: warning, detail: {} })).toEqual({
			kind: "unsupported",
			why: `"${warning}" from "aws.ec2": ${ec2}`,
		});
	});

	it.each(["EC2 Instance Terminate Successful", "EC2 Instance Launch Unsuccessful", "EC2 Auto Scaling Instance Refresh Started"])(
		"is ignored when it is Auto Scaling's news: %s",
		(detailType) => {
			expect(
				fromEvents({ ...event, source: "aws.autoscaling", "detail-type": detailType, detail: { AutoScalingGroupName: "g" } }),
			).toEqual({ kind: "ignored", why: `a notice of Auto Scaling that waits for no answer: "${detailType}"` });
		},
	);

	it("is kept for a human when it is a lifecycle action of a new kind", () => {
		const detail = { LifecycleActionToken: "87654321-4321-4321-4321-210987654321" };
		expect(
			fromEvents({ ...event, source: "aws.autoscaling", "detail-type": "EC2 Instance-rest Lifecycle Action", detail }),
		).toEqual({
			kind: "unsupported",
			why: 'detail-type is "EC2 Instance-rest Lifecycle Action": a lifecycle action that this version does not know',
		});
	});

	it.each([
		[{ "detail-type": "x" }, "source is missing: an event of EventBridge names the service that sent it"],
		[{ "detail-type": "x", source: 1 }, "source is 1, not text"],
		[{ "detail-type": ["x"], source: "aws.ec2" }, "detail-type is a list of 1, not text"],
	])("is malformed with %j", (fields, why) => {
		expect(fromEvents(fields)).toEqual({ kind: "malformed", why });
	});
});

describe("a message that nobody knows", () => {
	it("is malformed, and its fields are named", () => {
		expect(fromEvents({ Hello: 1, "new\nline": 2 })).toEqual({
			kind: "malformed",
			why: 'the message is no event, no notification and no order: it has the fields "Hello", "new\\u{a}line"',
		});
		expect(fromOrders({})).toEqual({
			kind: "malformed",
			why: "the message is no event, no notification and no order: it is empty",
		});
	});

	it("is malformed unread above 256 KiB", () => {
		const padded = (length: number) =>
			JSON.stringify({ ...notification, Padding: "" }).replace('"Padding":""', `"Padding":"${"x".repeat(length)}"`);
		const room = 256 * 1024 - padded(0).length;
		expect(fromEvents(padded(room))).toMatchObject({ kind: "lifecycle" });
		expect(fromEvents(padded(room + 1))).toEqual({
			kind: "malformed",
			why: "the message has 262145 bytes: more than 262144 are not read",
		});
		expect(fromEvents("ü".repeat(131_073))).toEqual({
			kind: "malformed",
			why: "the message has 262146 bytes: more than 262144 are not read",
		});
	});

	it("is complained about in at most 500 printable characters, with at most 100 of its own", () => {
		const hostile = `\u001b[31m\u202e${"\u0000".repeat(200)}`;
		const reading = fromEvents({ ...notification, EC2InstanceId: hostile, LifecycleHookName: hostile });
		if (reading.kind !== "malformed") throw new Error(`expected it to be malformed, but it is ${reading.kind}`);
		expect(reading.why).toHaveLength(500);
		expect(reading.why).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
		expect(reading.why.slice(0, 57)).toBe('EC2InstanceId is "\\u{1b}[31m\\u{202e}\\u{0}\\u{0}\\u{0}\\u{0}\\');
	});
});
