import { describe, expect, it } from "@jest/globals";
import { withHooks } from "../../src/domain/beat-plan.ts";
import { EVENTS_OF_STEP, eventsOfRound, eventsOfTurn, mustHandOver, NOTICE_EVENTS } from "../../src/domain/history-budget.ts";
import { aHook, aRecord, NOW } from "./builders.ts";

const HOUR = 3_600_000;
const { token, ...tokenless } = aHook();
const hook = (timeoutSeconds: number) => aHook({ timeoutSeconds, limitAt: NOW + Math.min(48 * HOUR, 100_000 * timeoutSeconds) });
const withTimeouts = (...timeouts: readonly number[]) => withHooks(aRecord(), timeouts.map(hook));
/** The first number of events at which it hands over. */
const handsOverAt = (record = withTimeouts(), now = NOW): number => {
	for (let events = 0; ; events += 1) if (mustHandOver(events, record, now)) return events;
};

describe("the events of an execution", () => {
	it("are ten of a notice, or of a step that another one follows at once: a call of five, three more of its repetition, two on the way", () => {
		expect([NOTICE_EVENTS, EVENTS_OF_STEP]).toEqual([10, 10]);
	});

	it.each([
		["without a hook", [], 28, 21],
		["with one", [aHook()], 35, 28],
		["with one that AWS does not know any more", [aHook({ lostAt: NOW })], 40, 33],
		["with one of each", [aHook(), aHook({ lostAt: NOW })], 47, 40],
		["with one whose token nobody knows", [tokenless], 37, 30],
		["with one of each, and one whose token nobody knows", [aHook(), tokenless, aHook({ lostAt: NOW })], 60, 53],
	])("are so many of a turn and of a round of Hold, %s", (_, hooks, ofTurn, ofRound) => {
		expect([eventsOfTurn({ hooks }), eventsOfRound({ hooks })]).toEqual([ofTurn, ofRound]);
	});
});

describe("an execution hands over", () => {
	it("at 15,000 events, where Hold needs little room", () => {
		expect(handsOverAt()).toBe(15_000);
		expect(handsOverAt(withTimeouts(3_600), NOW + 12 * HOUR)).toBe(15_000);
	});

	it("sooner, where Hold has many heartbeats to send before the last hook's limit", () => {
		const record = withTimeouts(300, 3_600);

		expect(handsOverAt(record)).toBeLessThan(15_000);
		expect(handsOverAt(record, NOW + 24 * HOUR)).toBeGreaterThan(handsOverAt(record));
	});

	it("sooner, where no token is known, for each heartbeat takes more room", () => {
		const record = withTimeouts(300, 3_600);
		const tokenless = withHooks(
			record,
			record.hooks.map(({ token, ...rest }) => rest),
		);

		expect(handsOverAt(tokenless)).toBeLessThan(handsOverAt(record));
	});

	it("at 15,000 events where no hook waits any more, however many there were", () => {
		const lost = { ...hook(300), lostAt: NOW };

		expect(
			handsOverAt(
				withHooks(
					aRecord(),
					Array.from({ length: 40 }, () => lost),
				),
			),
		).toBe(15_000);
	});

	it.each([
		// 300 rounds of 28 events and 60 more in which Hold listens, and 16.3 tries of 22, from 24,500.
		["until the last limit, where that comes first", withTimeouts(300), 13_865],
		// 300 rounds until the first limit, 62.7 until the end of the day, 60 more; 35 events each; 32 tries.
		["for a day, where the last limit comes later", withTimeouts(300, 3_600), 8_619],
	])("where Hold would not have room %s", (_, record, events) => {
		expect(handsOverAt(record)).toBe(events);
	});

	it("not before it has done some work, however many hooks there are", () => {
		expect(handsOverAt(withTimeouts(...Array.from({ length: 40 }, () => 300)))).toBe(3_000);
	});
});
