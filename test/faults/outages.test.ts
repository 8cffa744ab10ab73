import { describe, expect, it } from "@jest/globals";
import { Outages } from "./outages.ts";

const second = 1_000;

/** Whether the lapse of a hook is excused: functions are out from 40 s to 1,800 s, and the newest execution was broken off. */
function isExcused({ brokenOffAt, lapsesAt }: { readonly brokenOffAt?: number; readonly lapsesAt: number }): boolean {
	let now = 0;
	const outages = new Outages({ now: () => now, hooksToldAt: [], isUnheard: () => false, brokenOffAt: () => brokenOffAt });
	outages.waits(0);
	now = 40 * second;
	outages.begin("functions", 1_800 * second);
	now = lapsesAt;
	return outages.excuseLapse();
}

describe("a hook that lapses while no function runs", () => {
	it("is excused when its execution was broken off in that time: nobody could begin the next", () => {
		expect(isExcused({ brokenOffAt: 44 * second, lapsesAt: 341 * second })).toBe(true);
	});

	it("is not excused while an execution runs: its heartbeats need no function", () => {
		expect(isExcused({ lapsesAt: 341 * second })).toBe(false);
	});

	it("is not excused when its execution was broken off before", () => {
		expect(isExcused({ brokenOffAt: 39 * second, lapsesAt: 341 * second })).toBe(false);
	});

	it("is not excused once the message of that end has come again", () => {
		expect(isExcused({ brokenOffAt: 44 * second, lapsesAt: 1_861 * second })).toBe(true);
		expect(isExcused({ brokenOffAt: 44 * second, lapsesAt: 1_862 * second })).toBe(false);
	});
});
