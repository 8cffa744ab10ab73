import { describe, expect, it } from "@jest/globals";
import { readOptions } from "./options.ts";

describe("the arguments of npm run test:faults", () => {
	it("have defaults", () => {
		expect(readOptions([])).toEqual({ help: false, json: false, seeds: 200, from: 1, workers: 2, without: [] });
	});

	it("name one seed, some of its faults and what its world goes without", () => {
		expect(readOptions(["--seed", "7", "--faults", "1,3", "--without", "pods,vm-1"])).toMatchObject({
			seed: 7,
			faults: [1, 3],
			without: ["pods", "vm-1"],
		});
		expect(readOptions(["--seed", "7", "--faults", "none"])).toMatchObject({ seed: 7, faults: [] });
	});

	it.each([
		[["--seeds", "many"], '--seeds is "many": it must be a whole number from 1 on'],
		[["--seeds", "0"], '--seeds is "0": it must be a whole number from 1 on'],
		[["--faults", "1"], "--faults and --without are parts of one plan: name its seed with --seed"],
		[["--seed", "7", "--faults", "99"], "--faults names 99: the plan of seed 7 has 3 of them"],
		[["--seed", "7", "--without", "bogus"], "--without names bogus: what can be left out is pods, neighbour"],
		[["--seed", "7", "--seeds", "3"], "--seed plays one seed, --seeds and --from many: leave one of them out"],
		[["--without-rule", "S9"], /cannot take out S9: the rules are S1, S2/],
		[["--speed", "9"], /Unknown option '--speed'/],
	])("are refused where they mean nothing: %j", (args, says) => {
		expect(() => readOptions(args)).toThrow(says);
	});
});
