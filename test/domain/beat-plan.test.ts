import { describe, expect, it } from "@jest/globals";
import { beatPlanOf, sleepsFor, withHooks } from "../../src/domain/beat-plan.ts";
import { aHook, aRecord, NOW } from "./builders.ts";

const HOUR = 3_600_000;
const hook = (timeoutSeconds: number, hours: number) => aHook({ timeoutSeconds, limitAt: NOW + hours * HOUR });
const iso = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

describe("the plan of Hold's heartbeats", () => {
	it("suits the shortest hook, and after its limit those that are left", () => {
		expect(beatPlanOf({ hooks: [hook(3_600, 48), hook(300, 8)] })).toEqual({
			beatSeconds: 100,
			laterBeat: { after: iso(8), seconds: 900 },
		});
	});

	it("changes when the first of the hooks that need it reaches its limit, in whatever order they came", () => {
		expect(beatPlanOf({ hooks: [hook(3_600, 48), hook(600, 16), hook(300, 8)] })).toEqual({
			beatSeconds: 100,
			laterBeat: { after: iso(8), seconds: 200 },
		});
	});

	it("goes on at the same pace where another hook needs it longer", () => {
		expect(beatPlanOf({ hooks: [hook(300, 8), hook(300, 10), hook(600, 16)] })).toEqual({
			beatSeconds: 100,
			laterBeat: { after: iso(10), seconds: 200 },
		});
	});

	it("has one pace for one hook, for none, and for a short hook that outlasts the others", () => {
		expect(beatPlanOf({ hooks: [hook(300, 8)] })).toEqual({ beatSeconds: 100 });
		expect(beatPlanOf({ hooks: [] })).toEqual({ beatSeconds: 900 });
		expect(beatPlanOf({ hooks: [hook(300, 8), hook(600, 7)] })).toEqual({ beatSeconds: 100 });
	});

	it("forgets the later pace when the hooks do not need one any more", () => {
		const record = withHooks(aRecord(), [hook(300, 8), hook(3_600, 48)]);

		expect(withHooks(record, [{ ...hook(300, 8), lostAt: NOW }, hook(3_600, 48)])).not.toHaveProperty("laterBeat");
	});

	it("says how long Hold may sleep, with a minute for clocks that differ", () => {
		const plan = beatPlanOf({ hooks: [hook(3_600, 48), hook(300, 8)] });

		expect([0, 8 * HOUR - 60_001, 8 * HOUR - 60_000].map((after) => sleepsFor(plan, NOW + after))).toEqual([100, 100, 900]);
	});
});
