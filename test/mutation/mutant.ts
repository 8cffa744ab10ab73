import type { MutantResult } from "@stryker-mutator/api/core";

/** One small change of the source, and what the tests made of it. */
export type Mutant = {
	/** Below src/domain. */
	readonly file: string;
	/** The line it begins on, counted from 1. */
	readonly line: number;
	/** Stryker's name of the kind of change. */
	readonly mutator: string;
	/** Both on one line, and cut when they are long. */
	readonly original: string;
	readonly replacement: string;
	readonly fate: "killed" | "timed out" | "survived" | "not covered";
};

const fates: Partial<Record<MutantResult["status"], Mutant["fate"]>> = {
	Killed: "killed",
	Timeout: "timed out",
	Survived: "survived",
	NoCoverage: "not covered",
};

const LONGEST = 100;

/** `source` is the text of the file that was changed. Throws when Stryker has not tested the mutant to the end. */
export function mutantOf({ location, mutatorName, replacement, status, ...result }: MutantResult, source: string): Mutant {
	const { start, end } = location;
	const fate = fates[status];
	if (!fate) throw new Error(`The mutant at ${result.fileName}:${start.line} was not tested: ${status} ${result.statusReason}`);
	return {
		file: result.fileName.replace(/^.*src\/domain\//, ""),
		line: start.line,
		mutator: mutatorName,
		original: onOneLine(source.slice(offsetOf(start, source), offsetOf(end, source))),
		replacement: onOneLine(replacement),
		fate,
	};
}

/** Lines and columns are counted from 1. */
const offsetOf = ({ line, column }: { readonly line: number; readonly column: number }, source: string): number =>
	source.split("\n", line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;

function onOneLine(text: string): string {
	const line = text.replace(/\s+/g, " ").trim();
	return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}
