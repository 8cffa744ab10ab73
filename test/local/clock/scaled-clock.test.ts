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
		await clock.thread(async () => {
			expect(await clock.within(Promise.resolve("soon"), 1000)).toBe("soon");
			expect(await clock.within(slow, 1000)).toBeUndefined();
			expect(await clock.rest(slow)).toBe("late");
		});
	});

	it("runs in real time while a thread works, and fast again while it rests", async () => {
		const clock = new ScaledClock(1000, 0);
		let worked = 0;
		await clock.thread(async () => {
			const began = clock.now();
			await realClock.sleep(50);
			worked = clock.now() - began;
			await clock.sleep(60_000);
		});
		expect(worked).toBeGreaterThanOrEqual(49);
		expect(worked).toBeLessThan(10_000);
		expect(clock.now()).toBeGreaterThanOrEqual(60_000);
	});

	it("fires what was set while a thread worked, in the order of time", async () => {
		const clock = new ScaledClock(1000, 0);
		const fired: string[] = [];
		await clock.thread(async () => {
			clock.at(20_000, () => fired.push("second"));
			clock.at(10_000, () => fired.push("first"));
			const cancel = clock.at(15_000, () => fired.push("never"));
			cancel();
			await clock.sleep(30_000);
		});
		expect(fired).toEqual(["first", "second"]);
	});

	it("refuses to rest outside of a thread", async () => {
		const outside = "cannot rest outside of a thread: begin the work with thread()";
		await expect(new ScaledClock(1000).sleep(1)).rejects.toThrow(outside);
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
