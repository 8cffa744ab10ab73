import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, jest } from "@jest/globals";
import { planOf } from "./plan.ts";
import { Random } from "./random.ts";
import { tryPlan } from "./try-seed.ts";

jest.setTimeout(120_000);

/** What `npm run test:faults -- --seed N` prints. */
async function replay(seed: number): Promise<string> {
	const run = fileURLToPath(new URL("./run.ts", import.meta.url));
	const { stdout } = await promisify(execFile)(process.execPath, [run, "--seed", String(seed)], { maxBuffer: 2 ** 26 });
	return stdout;
}

describe("a seed", () => {
	it("makes the same numbers each time, which fill the unit interval evenly", () => {
		const numbers = (seed: number) => {
			const random = new Random(seed);
			return Array.from({ length: 1_000 }, () => random.fraction());
		};

		expect(numbers(7)).toEqual(numbers(7));
		expect(numbers(7)).not.toEqual(numbers(8));
		const tenths = Array.from({ length: 10 }, (_, tenth) => numbers(7).filter((one) => Math.floor(one * 10) === tenth).length);
		expect(tenths.every((count) => count > 60 && count < 140)).toBe(true);
	});

	it.each([11, 13])("gives the same trace in each process, to the byte: %d", async (seed) => {
		const [first, second] = [await replay(seed), await replay(seed)];

		expect(first).toContain("FAULT ");
		expect(first).toContain(`seed ${seed} passed`);
		expect(second).toBe(first);
	});

	it("that has no faults gives a drain that nothing disturbs", async () => {
		const { world } = planOf(1);
		const vms = [{ name: "vm-0", fate: "migrates", seconds: 5, may: false }] as const;
		const undisturbed = { seed: 1, world: { ...world, vms, pods: 0, begins: "hook" as const }, faults: [], patient: true };
		const { violations, excused, fired, state } = await tryPlan(undisturbed);

		expect({ violations, excused, fired, state }).toEqual({ violations: [], excused: [], fired: {}, state: "released" });
	});
});
