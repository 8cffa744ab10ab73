import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createNotices } from "../../../src/adapters/aws/notices.ts";
import { quarantineMessage } from "../../../src/adapters/aws/quarantine-message.ts";
import { AwsRefused, ConfigurationInvalid } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { type Queues, startQueues } from "../../../src/local/queues/queues.ts";

let queues: Queues;
beforeAll(async () => {
	queues = await startQueues({ clock: new VirtualClock(), region: "eu-west-1", maxReceiveCount: 5 });
});
afterAll(() => queues.stop());

const keep = async (body: string, source: string, reason: string) => {
	const notices = createNotices(queues, { quarantineUrl: queues.url("quarantine"), write: () => {} });
	await notices.quarantine({ body, source }, reason);
	return (await queues.inspect("quarantine")).ready.at(-1);
};

const originOf = (body: string) => ({
	bytes: String(Buffer.byteLength(body)),
	sha256: createHash("sha256").update(body).digest("hex"),
});

const said = (line: Record<string, unknown> & { event: string }): string => {
	const lines: string[] = [];
	createNotices(queues, { write: (text) => void lines.push(text) }).say(line);
	expect(lines).toHaveLength(1);
	expect(lines[0]).toMatch(/^\P{Cc}*\n$/u);
	return lines[0] ?? "";
};

describe("a quarantined message", () => {
	it.each(["not JSON {", "é\tand\r\nmore", "x".repeat(300 * 1024)])("is kept whole, with its reason and source", async (body) => {
		expect(await keep(body, "events", "is not JSON")).toEqual({
			body,
			attributes: { reason: "is not JSON", source: "events", kept: "whole", ...originOf(body) },
		});
	});

	it("keeps characters beyond the first plane, which SQS carries and the emulator refuses", () => {
		const { MessageBody, MessageAttributes } = quarantineMessage({ body: "💾", source: "events" }, "is not JSON");
		expect([MessageBody, MessageAttributes?.kept?.StringValue]).toEqual(["💾", "whole"]);
	});

	it("that SQS cannot carry is escaped", async () => {
		const body = "a\u0000b\u001b[31m\ud800c\uffff";
		expect(await keep(body, "or\nders", "name\nwith\u0007bell")).toEqual({
			body: "a\\u0000b\\u001b[31m\\ud800c\\uffff",
			attributes: { reason: "name\\u000awith\\u0007bell", source: "or\\u000aders", kept: "escaped", ...originOf(body) },
		});
	});

	it("that is too long is cut at a whole character, and what it was is noted", async () => {
		const body = "é".repeat(600 * 1024);
		const kept = await keep(body, "events", "r".repeat(10_000));
		expect(kept?.attributes).toEqual({ reason: "r".repeat(4_096), source: "events", kept: "cut", ...originOf(body) });
		expect(kept?.body).toBe("é".repeat((1_048_576 - 8_192) / 2));
	});

	it("may be empty", async () => {
		const empty = { reason: "unknown", source: "unknown", kept: "whole", ...originOf("") };
		expect(await keep("", "", "")).toEqual({ body: "(empty)", attributes: empty });
	});

	it("that cannot be kept is a fault, never a silence", async () => {
		const nowhere = createNotices(queues, {
			quarantineUrl: queues.url("quarantine").replace("quarantine", "no-such"),
			write: () => {},
		});
		await expect(nowhere.quarantine({ body: "x", source: "events" }, "r")).rejects.toBeInstanceOf(AwsRefused);
		const none = createNotices(queues, { write: () => {} });
		await expect(none.quarantine({ body: "x", source: "events" }, "r")).rejects.toBeInstanceOf(ConfigurationInvalid);
	});
});

describe("a log line", () => {
	it("is one line of JSON whatever it says", () => {
		const line = { event: "quarantined", reason: "a\nb\u001b[2J\u2028\u0085\u007f", deep: { list: [1, 2n, undefined, null] } };
		expect(JSON.parse(said(line))).toEqual({ ...line, deep: { list: [1, "2", null, null] } });
	});

	it("tells an error with its causes", () => {
		const error = new AwsRefused("cannot look", { cause: new TypeError("no") });
		expect(JSON.parse(said({ event: "failed", error }))).toEqual({
			event: "failed",
			error: { name: "AwsRefused", message: "cannot look", cause: { name: "TypeError", message: "no" } },
		});
	});

	it("is bounded: long strings, long lists, endless objects", () => {
		const endless: Record<string, unknown> = {};
		endless.again = endless;
		const line = { event: "long", text: "x".repeat(5_000), list: Array.from({ length: 150 }, (_, index) => index), endless };
		const parsed = JSON.parse(said(line));
		expect(parsed.text).toBe(`${"x".repeat(2_000)}… (3000 more)`);
		expect(parsed.list).toHaveLength(101);
		expect(parsed.list[100]).toBe("… (50 more)");
		expect(said({ event: "huge", instanceId: "i-1", list: Array(100).fill("y".repeat(2_000)) })).toBe(
			'{"event":"huge","instanceId":"i-1","cut":"200344 characters"}\n',
		);
	});
});
