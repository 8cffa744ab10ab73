import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";

const START = Date.UTC(2026, 0, 1);

describe("virtual time", () => {
	it("leaps to the next timer, however far, and costs no real time", async () => {
		const clock = new VirtualClock();
		await clock.run(() => clock.sleep(48 * 3_600_000));
		expect(clock.now()).toBe(START + 48 * 3_600_000);
	});

	it("stands still while a thread is awake", async () => {
		const clock = new VirtualClock();
		let fired = false;
		await clock.run(async () => {
			clock.at(1, () => {
				fired = true;
			});
			for (let i = 0; i < 100; i++) await turn();
			expect(fired).toBe(false);
			await clock.sleep(1);
			expect(fired).toBe(true);
		});
	});

	it("fires timers one at a time, by time and then in the order they were set", async () => {
		const clock = new VirtualClock();
		const trace: string[] = [];
		const say = (what: string) => trace.push(`${clock.now() - START} ${what}`);
		await clock.run(async () => {
			clock.at(20, () => say("c"));
			clock.at(10, () => {
				say("a");
				clock.at(0, () => say("after b"));
			});
			clock.at(10, () => say("b"));
			clock.at(15, () => say("never"))();
			await clock.sleep(20);
			say("driver");
		});
		expect(trace).toEqual(["10 a", "10 b", "10 after b", "20 c", "20 driver"]);
	});

	it("gives every thread its turn between two timers", async () => {
		const clock = new VirtualClock();
		const trace: string[] = [];
		const worker = (name: string, pause: number) =>
			clock.thread(async () => {
				for (let i = 0; i < 3; i++) {
					await clock.sleep(pause);
					await turn();
					trace.push(`${clock.now() - START} ${name}`);
				}
			});
		await clock.run(() => clock.rest(Promise.all([worker("two", 2), worker("three", 3)])));
		expect(trace).toEqual(["2 two", "3 three", "4 two", "6 three", "6 two", "9 three"]);
	});

	it("lets threads that began before the run wait for it, and stands still after it", async () => {
		const clock = new VirtualClock();
		const ticks: number[] = [];
		const ticking = async () => {
			for (;;) {
				await clock.sleep(10);
				ticks.push(clock.now() - START);
			}
		};
		void clock.thread(ticking);
		for (let i = 0; i < 50; i++) await turn();
		expect(ticks).toEqual([]);
		await clock.run(() => clock.sleep(25));
		for (let i = 0; i < 50; i++) await turn();
		expect(ticks).toEqual([10, 20]);
		await clock.run(() => clock.sleep(26));
		expect(ticks).toEqual([10, 20, 30, 40, 50]);
	});

	it("holds hundreds of thousands of timers and forgets the cancelled ones", async () => {
		const clock = new VirtualClock({ turns: 0 });
		let last = 0;
		let disorder = 0;
		let latest = 0;
		await clock.run(async () => {
			const cancels: (() => void)[] = [];
			for (let i = 0; i < 200_000; i++) {
				const due = (i * 7919) % 100_003;
				const cancel = clock.at(due, () => {
					if (due < last) disorder++;
					last = due;
				});
				if (i % 10 !== 0) cancels.push(cancel);
				else latest = Math.max(latest, due);
			}
			for (const cancel of cancels) cancel();
			await clock.sleep(100_004);
		});
		expect([disorder, last]).toEqual([0, latest]);
	});
});

describe("waiting for others", () => {
	it("within gives the value when it comes in time, and undefined when it does not", async () => {
		const clock = new VirtualClock();
		const valueAfter = (ms: number, value: string) =>
			clock.thread(async () => {
				await clock.sleep(ms);
				return value;
			});
		const got = await clock.run(async () => [
			await clock.within(valueAfter(5, "early"), 10),
			await clock.within(valueAfter(50, "late"), 10),
		]);
		expect(got).toEqual(["early", undefined]);
		expect(clock.now() - START).toBe(15);
	});

	it("within passes a failure on, and ignores one that comes too late", async () => {
		const clock = new VirtualClock();
		const failing = (ms: number) =>
			clock.thread(async () => {
				await clock.sleep(ms);
				throw new Error("boom");
			});
		await clock.run(async () => {
			await expect(clock.within(failing(5), 10)).rejects.toThrow("boom");
			expect(await clock.within(failing(20), 10)).toBeUndefined();
			await clock.sleep(100);
		});
	});

	it("a thread's failure reaches whoever rests on it", async () => {
		const clock = new VirtualClock();
		const failing = async () => {
			await clock.sleep(1);
			throw new Error("boom");
		};
		await expect(clock.run(() => clock.rest(clock.thread(failing)))).rejects.toThrow("boom");
	});
});

describe("a run that cannot end", () => {
	it("fails when no thread is awake and no timer is left", async () => {
		const clock = new VirtualClock();
		const run = clock.run(async () => {
			await clock.sleep(1500);
			await clock.rest(new Promise(() => {}));
		});
		await expect(run).rejects.toThrow(
			"cannot go on at 2026-01-01T00:00:01.500Z (1.5 s after the start): no thread is awake, no timer is left; 0 of 1 threads awake, 0 timers; the threads:\nasync",
		);
	});

	it("is not stuck while real input still arrives", async () => {
		const clock = new VirtualClock();
		const arrived = await clock.run(() => clock.rest(new Promise((resolve) => setTimeout(() => resolve("a message"), 20))));
		expect(arrived).toBe("a message");
	});

	it("fails past the deadline in virtual time", async () => {
		const clock = new VirtualClock({ deadline: 60_000 });
		const run = clock.run(async () => {
			for (;;) await clock.sleep(7000);
		});
		await expect(run).rejects.toThrow(
			"cannot go on past 2026-01-01T00:01:00.000Z (60 s after the start), the deadline: 0 of 1 threads awake, 1 timers",
		);
	});

	it("fails when a thread awaits another one outside of rest", async () => {
		const clock = new VirtualClock({ patience: 40 });
		const run = clock.run(async () => {
			await clock.thread(() => clock.sleep(10));
		});
		await expect(run).rejects.toThrow("Await others inside rest()");
	});

	it("fails with what a timer throws", async () => {
		const clock = new VirtualClock();
		const run = clock.run(async () => {
			clock.at(1, () => {
				throw new Error("the controller failed");
			});
			await clock.sleep(2);
		});
		await expect(run).rejects.toThrow("the controller failed");
	});
});

describe("misuse", () => {
	it("refuses to rest outside of a thread", async () => {
		const clock = new VirtualClock();
		await expect(clock.sleep(1)).rejects.toThrow("cannot rest outside of a thread: begin the work with run() or thread()");
	});

	it("refuses a timer that is not a finite number", () => {
		const clock = new VirtualClock();
		expect(() => clock.at(Number.NaN, () => {})).toThrow("cannot set a timer for NaN ms");
		expect(() => clock.at(Number.POSITIVE_INFINITY, () => {})).toThrow("cannot set a timer for Infinity ms");
	});
});
