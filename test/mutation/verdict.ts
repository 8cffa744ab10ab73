import type { Mutant } from "./mutant.ts";

/** Why one survivor may live. It is found by what was changed, not by where, for lines move. */
export type Explanation = Pick<Mutant, "file" | "mutator" | "original" | "replacement"> & { readonly why: string };

/** A mutant that no test noticed; without `why` nobody has said yet whether a test is missing. */
export type Survivor = Mutant & { readonly why?: string };

/** Shares are percentages of mutants that were killed or timed out; 100 where there are no mutants. */
export type Verdict = {
	readonly score: number;
	readonly mutants: number;
	readonly files: readonly { readonly file: string; readonly score: number; readonly mutants: number; readonly alive: number }[];
	readonly survivors: readonly Survivor[];
	/** Explanations of what has not survived, in files that were looked at. */
	readonly stale: readonly Explanation[];
};

const isAlive = ({ fate }: Mutant): boolean => fate === "survived" || fate === "not covered";

export function verdictOn(mutants: readonly Mutant[], explanations: readonly Explanation[]): Verdict {
	const files = [...new Set(mutants.map(({ file }) => file))].toSorted();
	const left = new Set(explanations);
	const explained = (mutant: Mutant): Survivor => {
		const found = [...left].find((explanation) => speaksOf(explanation, mutant));
		if (!found) return mutant;
		left.delete(found);
		return { ...mutant, why: found.why };
	};
	return {
		...shareOf(mutants),
		files: files.map((file) => ({ file, ...shareOf(mutants.filter((mutant) => mutant.file === file)) })),
		survivors: mutants
			.filter(isAlive)
			.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
			.map(explained),
		stale: [...left].filter(({ file }) => files.includes(file)),
	};
}

const speaksOf = (explanation: Explanation, mutant: Mutant): boolean =>
	explanation.file === mutant.file &&
	explanation.mutator === mutant.mutator &&
	explanation.original === mutant.original &&
	explanation.replacement === mutant.replacement;

function shareOf(mutants: readonly Mutant[]): { readonly score: number; readonly mutants: number; readonly alive: number } {
	const alive = mutants.filter(isAlive).length;
	return {
		score: mutants.length === 0 ? 100 : (100 * (mutants.length - alive)) / mutants.length,
		mutants: mutants.length,
		alive,
	};
}
