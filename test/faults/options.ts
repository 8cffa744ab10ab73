import { parseArgs } from "node:util";
import { takenOut } from "../rules/rules.ts";
import { planOf } from "./plan.ts";
import { reductionNames } from "./smaller.ts";

export const HELP = `Usage: npm run test:faults [-- OPTIONS]

Plays whole drains with faults that a seed chooses, in virtual time, on the program as it would be deployed, and judges each by
both laws and by what else must never happen. The first five seeds that fail are shrunk to the fewest faults and printed with their
traces; the others are named. Nothing is shrunk with --seed or --json.

  --seeds N            so many seeds (default 200)
  --from N             the first of them (default 1)
  --workers N          processes (default 2)
  --seed N             plays this one alone and prints its whole trace
  --faults 1,3         with --seed: only these of its faults; none: without any
  --without pods,vm-1  with --seed: its world without these things
  --without-rule NAME  takes a safety rule out of the program (see test/rules), and stops at the first seed that fails
  --json               one object per line
  --help

Exit code: 0 all passed, 1 a seed failed, or a kind of fault never struck in 1,000 seeds or more, 2 wrong arguments.`;

export type Options = {
	readonly help: boolean;
	readonly json: boolean;
	readonly seeds: number;
	readonly from: number;
	readonly workers: number;
	readonly seed?: number;
	readonly faults?: readonly number[];
	readonly without: readonly string[];
	readonly withoutRule?: string;
};

/** Throws an Error with one sentence for arguments that mean nothing. */
export function readOptions(args: readonly string[]): Options {
	const text = { type: "string" } as const;
	const flag = { type: "boolean" } as const;
	const { values } = parseArgs({
		args: [...args],
		options: {
			help: flag,
			json: flag,
			seeds: text,
			from: text,
			workers: text,
			seed: text,
			faults: text,
			without: text,
			"without-rule": text,
		},
	});
	const { faults, without, "without-rule": withoutRule } = values;
	if (withoutRule !== undefined) takenOut(withoutRule);
	refuseContradictions(values);
	return {
		help: values.help ?? false,
		json: values.json ?? false,
		seeds: wholeNumber("--seeds", values.seeds ?? "200", 1),
		from: wholeNumber("--from", values.from ?? "1", 0),
		workers: wholeNumber("--workers", values.workers ?? "2", 1),
		...(values.seed !== undefined && { seed: wholeNumber("--seed", values.seed, 0) }),
		...(faults !== undefined && { faults: faultNumbers(faults, values.seed ?? "") }),
		without: without === undefined ? [] : reductions(without),
		...(withoutRule !== undefined && { withoutRule }),
	};
}

/** What is given, by the option's name. */
type Given = Readonly<Partial<Record<"seed" | "seeds" | "from" | "faults" | "without", string>>>;

function refuseContradictions({ seed, seeds, from, faults, without }: Given): void {
	if (seed === undefined && (faults ?? without) !== undefined)
		throw new Error("--faults and --without are parts of one plan: name its seed with --seed");
	if (seed !== undefined && (seeds ?? from) !== undefined)
		throw new Error("--seed plays one seed, --seeds and --from many: leave one of them out");
}

function reductions(without: string): readonly string[] {
	const names = without.split(",");
	const unknown = names.filter((name) => !reductionNames.includes(name));
	if (unknown.length === 0) return names;
	throw new Error(`--without names ${unknown.join(", ")}: what can be left out is ${reductionNames.join(", ")}`);
}

/** Faults of the plan, counted from 1. */
function faultNumbers(faults: string, seed: string): readonly number[] {
	const numbers = faults === "none" ? [] : faults.split(",").map((one) => wholeNumber("--faults", one, 1));
	const { length } = planOf(wholeNumber("--seed", seed, 0)).faults;
	const unknown = numbers.find((number) => number > length);
	if (unknown === undefined) return numbers;
	throw new Error(`--faults names ${unknown}: the plan of seed ${seed} has ${length} of them`);
}

function wholeNumber(option: string, value: string, least: number): number {
	if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
	throw new Error(`${option} is ${JSON.stringify(value)}: it must be a whole number from ${least} on`);
}
