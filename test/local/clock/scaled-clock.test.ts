import { describe, expect, it } from "@jest/globals";
import { afterRealTime, realClock } from "../../../src/adapters/real-clock.ts";
import { ScaledClock } from "../../../src/local/clock/scaled-clock.ts";

describe("a scaled clock", () => {
	it("runs as many times faster as it is told, from the given start", async () => {
		const clock = new ScaledClock(1000, 5_000_000);
		await clock.thread(() => clock.sleep(20_000));
		expect(clock.now()).toBeGreaterThanOrEqual(5_020_000 - 1000);
		expect(clock.now()).toBeLessThan(5_020_000 + 2_000_000);
	});

	it("answers within a limit, and undefined past it", async () => {
		const clock = new ScaledClock(1000);
		const slow = new Promise((resolve) => clock.at(60_000, () => resolve("late")));
		expect(await clock.within(Promise.resolve("soon"), 1000)).toBe("soon");
		expect(await clock.within(slow, 1000)).toBeUndefined();
		expect(await clock.rest(slow)).toBe("late");
	});

	it("refuses a factor that is not above zero", () => {
		expect(() => new ScaledClock(0)).toThrow("cannot scale time by 0: give a number above 0");
	});
});

describe("the real clock", () => {
	it("does not fire at once what is due in a month", async () => {
		let fired = false;
		const cancel = afterRealTime(31 * 86_400_000, () => {
			fired = true;
		});
		await realClock.sleep(20);
		cancel();
		expect(fired).toBe(false);
	});

	it("answers within a limit, and undefined past it", async () => {
		expect(await realClock.within(Promise.resolve(1), 1000)).toBe(1);
		expect(await realClock.within(new Promise(() => {}), 5)).toBeUndefined();
	});
});
