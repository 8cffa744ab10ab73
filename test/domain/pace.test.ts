import { describe, expect, it } from "@jest/globals";
import { beatPeriodSeconds, isBeatDue, isTooShort, openHooks, paceOf } from "../../src/domain/pace.ts";
import { aHook, aRecord, NOW } from "./builders.ts";

const hooks = (...seconds: number[]) => ({ hooks: seconds.map((timeoutSeconds) => aHook({ timeoutSeconds })) });

describe("the pace", () => {
	it.each([
		[30, { watchTimeoutSeconds: 20, watchSeconds: 12, waitSeconds: 6, beatSeconds: 10 }],
		[60, { watchTimeoutSeconds: 20, watchSeconds: 12, waitSeconds: 12, beatSeconds: 20 }],
		[300, { watchTimeoutSeconds: 128, watchSeconds: 120, waitSeconds: 60, beatSeconds: 100 }],
		[400, { watchTimeoutSeconds: 178, watchSeconds: 170, waitSeconds: 80, beatSeconds: 133 }],
		[3_600, { watchTimeoutSeconds: 255, watchSeconds: 247, waitSeconds: 300, beatSeconds: 900 }],
		[7_200, { watchTimeoutSeconds: 255, watchSeconds: 247, waitSeconds: 300, beatSeconds: 900 }],
	])("suits a hook of %d seconds", (seconds, expected) => {
		expect(paceOf(hooks(seconds))).toEqual(expected);
	});

	it("suits the shortest of several hooks", () => {
		expect(paceOf(hooks(3_600, 300, 900))).toEqual(paceOf(hooks(300)));
	});

	it("is that of an hour without a hook", () => {
		expect(paceOf({ hooks: [] })).toEqual(paceOf(hooks(3_600)));
	});

	it("does not mind hooks that are lost or completed", () => {
		const answered = [aHook({ timeoutSeconds: 60, lostAt: NOW }), aHook({ timeoutSeconds: 90, completedAt: NOW })];

		expect(openHooks({ hooks: answered })).toEqual([]);
		expect(paceOf({ hooks: [...answered, aHook({ timeoutSeconds: 300 })] })).toEqual(paceOf(hooks(300)));
	});

	it("beats three times in a hook's time-out, and at least every quarter of an hour", () => {
		expect([30, 300, 2_700, 3_600].map(beatPeriodSeconds)).toEqual([10, 100, 900, 900]);
	});

	it("knows when a heartbeat is due", () => {
		const record = aRecord({ hooks: [aHook({ timeoutSeconds: 300 })] });

		expect(isBeatDue({ ...record, lastBeatAt: NOW - 100_000 }, NOW)).toBe(true);
		expect(isBeatDue({ ...record, lastBeatAt: NOW - 99_999 }, NOW)).toBe(false);
		expect(isBeatDue({ hooks: [], lastBeatAt: 0 }, NOW)).toBe(false);
	});

	it("takes a hook under 300 seconds for too short", () => {
		expect([299, 300].map((timeoutSeconds) => isTooShort({ timeoutSeconds }))).toEqual([true, false]);
	});
});
