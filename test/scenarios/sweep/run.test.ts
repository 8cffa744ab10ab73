import { describe, expect, it } from "@jest/globals";
import { sweepSeconds } from "../../../infra/time-outs.ts";
import { beginRun } from "../../../src/app/sweep-run.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";

const things = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(4, "0"));

/** Runs as often as it says, as the schedule calls; each thing takes so many seconds. */
async function runs(
	count: number,
	{ of, seconds = 0, failing = [] as readonly string[] }: { of: number; seconds?: number; failing?: readonly string[] },
) {
	const clock = new VirtualClock();
	const says: Readonly<Record<string, unknown>>[] = [];
	const notices = { say: (line: Readonly<Record<string, unknown>>) => void says.push(line), quarantine: async () => {} };
	const done: string[] = [];
	const counts: Record<string, number>[] = [];
	await clock.run(async () => {
		for (let number = 0; number < count; number++) {
			const next = clock.now() + sweepSeconds * 1000;
			const run = beginRun({ clock, notices });
			await run.each(
				"things",
				async () => things(of),
				String,
				async (thing) => {
					await clock.sleep(seconds * 1000);
					if (failing.includes(thing)) throw new Error(`cannot look after ${thing}`);
					done.push(thing);
					return "looked after";
				},
			);
			counts.push(Object.fromEntries(run.counts));
			await clock.sleep(next - clock.now());
		}
	});
	return { done, says, counts };
}

describe("a run of Sweep", () => {
	it("that finds few things looks after all of them", async () => {
		expect((await runs(1, { of: 3 })).counts).toEqual([{ "looked after": 3 }]);
	});

	it.each([500, 250, 999])("that finds %i begins where the last one stopped, so that none waits for ever", async (of) => {
		const { done, counts } = await runs(5, { of });
		expect(new Set(done).size).toBe(of);
		expect(counts[0]).toEqual({ "looked after": 200, "left for the next run": of - 200 });
	});

	it("ends in time when everything is slow", async () => {
		expect((await runs(1, { of: 100, seconds: 20 })).counts).toEqual([{ "looked after": 8, "left for the next run": 92 }]);
	});

	it("goes on after a thing that fails, and says which and why", async () => {
		const { done, says, counts } = await runs(1, { of: 3, failing: ["0001"] });
		expect(done).toEqual(["0000", "0002"]);
		expect(counts).toEqual([{ "looked after": 2, failed: 1 }]);
		expect(says).toEqual([{ event: "sweep failed", about: "0001", error: "Error", why: "cannot look after 0001" }]);
	});
});
