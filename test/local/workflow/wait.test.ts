import { describe, expect, it } from "@jest/globals";
import { machineUnderTest, only, outcomeOf, START } from "./machine-under-test.ts";

describe("a Wait", () => {
	it.each([
		[{ Seconds: 90 }, 90],
		[{ Seconds: 0 }, 0],
		[{ SecondsPath: "$.seconds" }, 30],
		[{ Timestamp: "2026-01-01T00:02:00Z" }, 120],
		[{ TimestampPath: "$.at" }, 3.5],
		[{ Timestamp: "2020-01-01T00:00:00Z" }, 0],
		[{ Seconds: 99_999_999 }, 99_999_999],
	])("of %j takes %d seconds and hands its input on", async (state, seconds) => {
		const input = { seconds: 30, at: "2026-01-01T01:00:03.5+01:00" };
		const { run } = machineUnderTest(only({ Type: "Wait", End: true, ...state }), {});
		const ended = await run(input);
		expect(outcomeOf(ended).output).toEqual(input);
		expect((Number(ended.stopDate) - START) / 1000).toBe(seconds);
	});

	it.each([
		[{ SecondsPath: "$.s" }, { s: -1 }],
		[{ SecondsPath: "$.s" }, { s: 1.5 }],
		[{ SecondsPath: "$.s" }, { s: "1" }],
		[{ TimestampPath: "$.s" }, { s: "tomorrow" }],
		[{ TimestampPath: "$.s" }, {}],
	])("of %j fails for %j", async (state, input) => {
		const { run } = machineUnderTest(only({ Type: "Wait", End: true, ...state }));
		expect(await run(input)).toMatchObject({ status: "FAILED", error: "States.Runtime" });
	});
});
