import { parseArgs } from "node:util";

export type BenchOptions = {
	/** How many clusters are drained at the same time, a run each, in growing order. */
	readonly clusters: readonly number[];
	/** How many nodes of 20 clusters are told to leave within a minute, a run each, in growing order. */
	readonly nodes: readonly number[];
	readonly json: boolean;
	readonly help: boolean;
};

export const usage = `npm run bench -- [options]

Drains nodes with 20 LiveMigrate VMs, for --nodes with 4, in virtual time and prints what that costs.

  --clusters 1,10,200   how many clusters are drained at the same time, a run each (this is the default)
  --nodes 10,100        how many nodes of 20 clusters leave within one minute, a run each (this is the default; with
                        --nodes 10,100,1000 it takes a quarter of an hour and more); two drains at once in each
                        cluster, and mostLeavingShare 1, for the circuit breaker would pause them otherwise
  --json                figures as JSON
  --help                this page

Exit code: 0 all is well, 1 a drain was not completed, was done twice, broke a law or exceeded a bound, 2 wrong arguments.`;

const MOST = 1_000;

/** Throws an Error that says what is wrong with the arguments. */
export function readOptions(args: readonly string[]): BenchOptions {
	const { values } = parseArgs({
		args: [...args],
		options: {
			clusters: { type: "string", default: "1,10,200" },
			nodes: { type: "string", default: "10,100" },
			json: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	return {
		clusters: numbers("clusters", values.clusters),
		nodes: numbers("nodes", values.nodes),
		json: values.json,
		help: values.help,
	};
}

const numbers = (what: "clusters" | "nodes", list: string): readonly number[] =>
	list
		.split(",")
		.map((text) => numberOf(what, text))
		.toSorted((a, b) => a - b);

function numberOf(what: "clusters" | "nodes", text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
	throw new Error(`cannot drain ${JSON.stringify(text)} ${what}: give numbers from 1 to ${MOST}, as in --${what} 1,10`);
}
