import { describe, expect, it } from "@jest/globals";
import type { MutantResult } from "@stryker-mutator/api/core";
import { sourceFiles } from "../house/imports.ts";
import * as standIn from "./collected-tests.ts";
import { type Mutant, mutantOf } from "./mutant.ts";
import { verdictOn } from "./verdict.ts";
import { verdictAsPage, verdictAsText } from "./verdict-texts.ts";

const aMutant = (some: Partial<Mutant> = {}): Mutant => ({
	file: "fates.ts",
	line: 7,
	mutator: "ConditionalExpression",
	original: "a || b",
	replacement: "true",
	fate: "survived",
	...some,
});

describe("a mutant", () => {
	const source = "one();\nif (a &&\n\tb) two();\n";
	const result = {
		id: "1",
		fileName: "/house/src/domain/fates.ts",
		location: { start: { line: 2, column: 5 }, end: { line: 3, column: 3 } },
		mutatorName: "ConditionalExpression",
		replacement: "true",
		status: "NoCoverage",
	} as const satisfies MutantResult;

	it("says what was changed where, on one line", () => {
		expect(mutantOf(result, source)).toEqual(aMutant({ line: 2, original: "a && b", fate: "not covered" }));
	});

	it("that was not tested to the end is no result", () => {
		expect(() => mutantOf({ ...result, status: "RuntimeError", statusReason: "no memory" }, source)).toThrow(
			"The mutant at /house/src/domain/fates.ts:2 was not tested: RuntimeError no memory",
		);
	});
});

describe("the verdict", () => {
	const { line, fate, ...change } = aMutant();
	const explained = { ...change, why: "equivalent" };

	it("is the share of mutants that were killed or timed out, by file", () => {
		const mutants = [
			aMutant(),
			aMutant({ fate: "killed" }),
			aMutant({ fate: "timed out" }),
			aMutant({ fate: "killed", line: 9 }),
			aMutant({ file: "a.ts", fate: "killed" }),
		];

		expect(verdictOn(mutants, [])).toEqual({
			score: 80,
			mutants: 5,
			alive: 1,
			files: [
				{ file: "a.ts", score: 100, mutants: 1, alive: 0 },
				{ file: "fates.ts", score: 75, mutants: 4, alive: 1 },
			],
			survivors: [aMutant()],
			stale: [],
		});
	});

	it("explains one survivor by each explanation, wherever it stands", () => {
		const mutants = [aMutant({ line: 1 }), aMutant({ line: 2, fate: "not covered" }), aMutant({ line: 3 })];

		expect(
			verdictOn(
				mutants,
				[explained, explained].map((one) => ({ ...one })),
			).survivors.map(({ why }) => why),
		).toEqual(["equivalent", "equivalent", undefined]);
	});

	it("names explanations of what has not survived, but for files that were not looked at", () => {
		expect(verdictOn([aMutant({ fate: "killed" })], [explained, { ...explained, file: "other.ts" }]).stale).toEqual([explained]);
	});

	it("tells the terminal and the page of every survivor", () => {
		const verdict = verdictOn([aMutant(), aMutant({ replacement: "false" })], [{ ...change, why: "It is equivalent." }]);

		expect(verdictAsText(verdict).split("\n")).toEqual([
			"src/domain/fates.ts:7  ConditionalExpression, survived: a || b  →  true",
			"      It is equivalent.",
			"src/domain/fates.ts:7  ConditionalExpression, survived: a || b  →  false",
			"      not explained",
			"",
			"  0.0 %  fates.ts                 0 of 2",
			"  0.0 %  of 2 mutants were noticed; 2 survived, 1 of them unexplained",
		]);
		expect(verdictAsPage(verdict)).toContain("| fates.ts | `` a \\|\\| b `` | `` true `` | It is equivalent. |");
	});

	it("does not round up", () => {
		const mutants = [...new Array(8_999).fill(aMutant({ fate: "killed" })), ...new Array(1_001).fill(aMutant())];

		expect(verdictAsText(verdictOn(mutants, []))).toContain(" 89.9 %  of 10000 mutants were noticed");
	});
});

describe("what stands in for jest", () => {
	it("offers all that the tests of the domain import from it", () => {
		const wanted = sourceFiles(process.cwd(), ["test/domain"]).flatMap(({ text }) => {
			const names = /import \{([^}]*)\} from "@jest\/globals"/.exec(text)?.[1] ?? "";
			return names.split(",").map((name) => name.trim());
		});

		expect(wanted.filter((name) => name !== "" && !(name in standIn))).toEqual([]);
	});

	it("collects tests with the names of their groups, each with a name of its own", async () => {
		const run = () => undefined;
		const tests = await standIn.collectTests(["a.test.ts"], async () => {
			standIn.describe("a group", () => {
				standIn.it("holds", run);
				standIn.it.each([[1], [2]])("adds %d", run);
				standIn.it("holds", run);
			});
		});

		expect(tests.map(({ id }) => id)).toEqual([
			"a.test.ts › a group › holds",
			"a.test.ts › a group › adds 1",
			"a.test.ts › a group › adds 2",
			"a.test.ts › a group › holds #2",
		]);
	});

	it("throws what a file throws that does not load", async () => {
		const broken = () => Promise.reject(new Error("no such module"));

		await expect(standIn.collectTests(["a.test.ts"], broken)).rejects.toThrow("no such module");
	});
});
