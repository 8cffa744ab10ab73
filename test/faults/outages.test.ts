import { describe, expect, it } from "@jest/globals";
import { Outages } from "./outages.ts";

const second = 1_000;

type Lapse = {
	readonly brokenOffAt?: number;
	readonly waitsSince?: number;
	readonly isUnheard?: boolean;
	readonly lapsesAt: number;
};

/** Whether the lapse of a hook is excused: functions are out from 40 s to 1,800 s, and the newest execution was broken off. */
function isExcused({ brokenOffAt, waitsSince = 0, isUnheard = false, lapsesAt }: Lapse): boolean {
	let now = 0;
	const outages = new Outages({ now: () => now, hooksToldAt: [], isUnheard: () => isUnheard, brokenOffAt: () => brokenOffAt });
	outages.waits(waitsSince);
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

	it("is excused when its message was still to be read as the outage began", () => {
		expect(isExcused({ waitsSince: 37 * second, isUnheard: true, lapsesAt: 1_000 * second })).toBe(true);
		expect(isExcused({ waitsSince: 37 * second, isUnheard: false, lapsesAt: 1_000 * second })).toBe(false);
	});

	it("is not excused when its message had been there for longer than one takes that comes again", () => {
		expect(isExcused({ waitsSince: -22 * second, isUnheard: true, lapsesAt: 1_000 * second })).toBe(false);
	});
});
