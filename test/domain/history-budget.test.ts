import { describe, expect, it } from "@jest/globals";
import { withHooks } from "../../src/domain/beat-plan.ts";
import { mustHandOver } from "../../src/domain/history-budget.ts";
import { aHook, aRecord, NOW } from "./builders.ts";

const HOUR = 3_600_000;
const hook = (timeoutSeconds: number) => aHook({ timeoutSeconds, limitAt: NOW + Math.min(48 * HOUR, 100_000 * timeoutSeconds) });
const withTimeouts = (...timeouts: readonly number[]) => withHooks(aRecord(), timeouts.map(hook));
/** The first number of events at which it hands over. */
const handsOverAt = (record = withTimeouts(), now = NOW): number => {
	for (let events = 0; ; events += 1) if (mustHandOver(events, record, now)) return events;
};

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

	it("not before it has done some work, however many hooks there are", () => {
		expect(handsOverAt(withTimeouts(...Array.from({ length: 40 }, () => 300)))).toBe(3_000);
	});
});
