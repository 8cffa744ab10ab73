// `npm run mutate`: whether the tests of test/domain notice small changes in src/domain; writes docs/mutation.md.
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { LogLevel, PartialStrykerOptions } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { type Mutant, mutantOf } from "./mutant.ts";
import { explanations } from "./survivors.ts";
import { verdictOn } from "./verdict.ts";
import { verdictAsPage, verdictAsText } from "./verdict-texts.ts";

const LOWEST_SCORE = 90;

const HELP = `Usage: npm run mutate [-- [--file NAME ...] [--json] [--help]]

Changes src/domain in many small ways, one at a time, and runs the tests of test/domain against each. Prints the changes that
no test noticed, the share of those that were noticed by file, and the whole share. Without --file it also writes
docs/mutation.md. Ends with 1 when less than ${LOWEST_SCORE} % were noticed, with 2 when it cannot tell.

  --file NAME   only this file of src/domain (fates, fates.ts or src/domain/fates.ts); repeatable
  --json        prints one JSON object instead of the text
  --help        this page`;

const top = fileURLToPath(new URL("../..", import.meta.url));

const optionsFor = (files: readonly string[], tempDirName: string): PartialStrykerOptions => ({
	mutate: [...files],
	testRunner: "domain",
	plugins: ["./domain-test-runner.ts", "./progress.ts"].map((plugin) => new URL(plugin, import.meta.url).href),
	reporters: ["progress-on-stderr"],
	coverageAnalysis: "perTest",
	concurrency: availableParallelism(),
	/** Every static mutant loads all modules anew, and Node never forgets one. */
	maxTestRunnerReuse: 500,
	testRunnerNodeArgs: ["--disable-warning=ExperimentalWarning"],
	ignorePatterns: ["*", "!package.json", "!src", "!src/**", "!test", "!test/**"],
	/** Stryker would read and rewrite them with the compiler of TypeScript 5. */
	tsconfigFile: "none",
	disableTypeChecks: false,
	tempDirName,
	logLevel: "error" as LogLevel,
});

async function mutantsOf(files: readonly string[]): Promise<readonly Mutant[]> {
	const folder = mkdtempSync(join(tmpdir(), "evacuator-mutation-"));
	try {
		const results = await new Stryker(optionsFor(files, folder)).runMutationTest();
		return results.map((result) => mutantOf(result, readFileSync(result.fileName, "utf8")));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** All files of the domain, or those of these names. Throws when there is none of a name. */
function filesNamed(names: readonly string[] | undefined): readonly string[] {
	const known = globSync("src/domain/**/*.ts").toSorted();
	if (!names) return known;
	return names.map((name) => {
		const path = `src/domain/${name.replace(/^(?:\.\/)?src\/domain\//, "").replace(/\.ts$/, "")}.ts`;
		if (!known.includes(path)) throw new Error(`there is no file ${path}; take one of ${known.join(", ")}`);
		return path;
	});
}

type Wish = { readonly help: boolean; readonly json: boolean; readonly files: readonly string[]; readonly whole: boolean };

/** Throws when it cannot be granted. */
function wishOf(words: readonly string[]): Wish {
	const { values } = parseArgs({
		args: [...words],
		options: { help: { type: "boolean" }, json: { type: "boolean" }, file: { type: "string", multiple: true } },
	});
	const { help = false, json = false, file } = values;
	return { help, json, files: filesNamed(file), whole: file === undefined };
}

async function grant({ json, files, whole }: Wish): Promise<void> {
	const began = performance.now();
	const verdict = verdictOn(await mutantsOf(files), explanations);
	const seconds = Math.round((performance.now() - began) / 1000);
	console.log(json ? JSON.stringify({ ...verdict, seconds }, null, "\t") : `${verdictAsText(verdict)}\n        ${seconds} s`);
	if (whole) writeFileSync("docs/mutation.md", verdictAsPage(verdict));
	if (verdict.score < LOWEST_SCORE) process.exitCode = 1;
}

process.chdir(top);
try {
	const wish = wishOf(process.argv.slice(2));
	if (wish.help) console.log(HELP);
	else await grant(wish);
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 2;
}
