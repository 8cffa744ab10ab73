import { parseArgs } from "node:util";

export type BenchOptions = {
	/** How many clusters are drained at the same time, a run each, in growing order. */
	readonly clusters: readonly number[];
	readonly json: boolean;
	readonly help: boolean;
};

export const usage = `npm run bench -- [options]

Drains nodes with 20 LiveMigrate VMs in virtual time and prints what that costs.

  --clusters 1,10,200   how many clusters are drained at the same time, a run each (this is the default)
  --json                figures as JSON
  --help                this page

Exits with 1 when a drain is not completed, is done twice, breaks a law or exceeds a bound.`;

const MOST = 1_000;

/** Throws an Error that says what is wrong with the arguments. */
export function readOptions(args: readonly string[]): BenchOptions {
	const { values } = parseArgs({
		args: [...args],
		options: {
			clusters: { type: "string", default: "1,10,200" },
			json: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	const clusters = values.clusters.split(",").map(numberOfClusters);
	return { clusters: clusters.toSorted((a, b) => a - b), json: values.json, help: values.help };
}

function numberOfClusters(text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
	throw new Error(`cannot drain ${JSON.stringify(text)} clusters: give numbers from 1 to ${MOST}, as in --clusters 1,10,200`);
}
