import { describe, expect, it } from "@jest/globals";
import { fromEvents, fromOrders, inSns, notification, notificationLines, notificationReading, order } from "./samples.ts";

describe("what carries a message", () => {
	it("may be SNS, around JSON", () => {
		expect(fromEvents(inSns(notification))).toStrictEqual(notificationReading);
	});

	it("may be SNS, around lines", () => {
		expect(fromEvents(inSns(notificationLines))).toMatchObject({ kind: "lifecycle", instanceId: "i-0598c7d356eba48d7" });
	});

	it("may be an object with nothing but Message, text or object", () => {
		expect(fromEvents({ Message: notification })).toStrictEqual(notificationReading);
		expect(fromEvents({ Message: JSON.stringify(notification) })).toStrictEqual(notificationReading);
	});

	it("may carry orders as well", () => {
		expect(fromOrders(inSns(order))).toMatchObject({ kind: "drain order", requestId: "chg-1234-i-0abc" });
	});

	it("may be three deep, and no deeper", () => {
		expect(fromEvents(inSns(inSns({ Message: notification })))).toStrictEqual(notificationReading);
		expect(fromEvents(inSns(inSns(inSns({ Message: notification }))))).toEqual({
			kind: "malformed",
			why: "the message is wrapped more than 3 deep",
		});
	});

	it.each(["SubscriptionConfirmation", "UnsubscribeConfirmation"])("is ignored when it is a %s", (type) => {
		const confirmation = {
			...inSns("You have chosen to subscribe"),
			Type: type,
			SubscribeURL: "https://example.com/",
			Token: "t",
		};
		expect(fromEvents(confirmation)).toEqual({
			kind: "ignored",
			why: `SNS's ${type}: whoever owns the topic has to confirm it, Evacuator follows no link out of a message`,
		});
	});

	it("is malformed when Message is neither text nor object", () => {
		expect(fromEvents({ Message: 1 })).toEqual({
			kind: "malformed",
			why: "Message is 1, not the text or the object that it carries",
		});
		expect(fromEvents({ Type: "Notification", Message: null, TopicArn: "t" })).toEqual({
			kind: "malformed",
			why: "Message is null, not the text or the object that it carries",
		});
	});

	it.each([
		["", 'the message is neither JSON nor a notification of Auto Scaling; it begins with ""'],
		["drain i-1", 'the message is neither JSON nor a notification of Auto Scaling; it begins with "drain i-1"'],
		['{"kind":"drain"', 'the message is neither JSON nor a notification of Auto Scaling; it begins with "{"kind":"drain""'],
		["Subject: hello\n", 'the message is neither JSON nor a notification of Auto Scaling; it begins with "Subject: hello\\u{a}"'],
		["[1,2]", "the message is a list of 2, not a JSON object"],
		['"text"', 'the message is "text", not a JSON object'],
		["null", "the message is null, not a JSON object"],
		["1e999", "the message is Infinity, not a JSON object"],
	])("is malformed when the body is %j", (body, why) => {
		expect(fromEvents(body)).toEqual({ kind: "malformed", why });
	});

	it("is malformed when it is nested deep, and brackets in strings do not count", () => {
		const nested = (depth: number) => `{"Message":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`;
		expect(fromEvents(nested(64))).toEqual({ kind: "malformed", why: "the message is nested more than 64 deep" });
		expect(fromEvents(nested(63))).toMatchObject({ why: expect.stringContaining("no event, no notification and no order") });
		expect(fromEvents("[".repeat(200_000))).toEqual({ kind: "malformed", why: "the message is nested more than 64 deep" });
		const brackets = '[{"\\'.repeat(100);
		expect(fromEvents({ ...notification, NotificationMetadata: brackets })).toMatchObject({ metadata: brackets });
	});
});
