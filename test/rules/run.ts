// `npm run test:rules`: takes each rule out by name, sees its scenario and its seed end wrongly, and writes docs/rules.md.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pairRules, proofRules } from "../../src/domain/proof.ts";
import { fenceRules } from "./fence-rules.ts";
import { judgeScenario, type Verdict } from "./judge-scenario.ts";
import { judgeSeed, type SeedVerdict } from "./judge-seed.ts";
import { pageOf } from "./page.ts";
import { rules, takenOut } from "./rules.ts";

const HELP = `Usage: npm run test:rules [-- [--check] [--help] [RULE ...]]

Plays the scenario of each rule twice: with the whole program, which must end well, and without the rule, which must end
wrongly, the monitor of the two laws saying so. The same with the seed by which npm run test:faults finds each, and the rules
that have no scenario of their own. Without names it does this for all rules and writes docs/rules.md.

  --check   does not write docs/rules.md, but fails when it is out of date
  --help    this page
  RULE      ${[...rules, ...fenceRules].map(({ name }) => name).join(", ")}

Exit code: 0 each is needed, 1 one is not, or docs/rules.md is out of date, 2 wrong arguments.`;

const page = `${fileURLToPath(new URL("../..", import.meta.url))}docs/rules.md`;

/** Rules of the proof that nobody would miss. */
const unlisted = [...proofRules, ...pairRules]
	.map(({ name }) => name)
	.filter((name) => !rules.some((rule) => rule.name === name))
	.map((name) => `src/domain/proof.ts has ${name}, and test/rules/rules.ts has no scenario for it`);

function say(name: string, { wrong, complaint }: Pick<Verdict, "wrong" | "complaint">): void {
	console.log(`${wrong === undefined ? "FAIL" : "ok  "}  ${name.padEnd(24)} ${wrong ?? complaint}`);
}

/** For all rules, or for these. Answers whether each is needed. */
async function judgeAll(named: readonly string[], check: boolean): Promise<boolean> {
	const isChosen = ({ name }: { readonly name: string }) => named.length === 0 || named.includes(name);
	const scenarios: Verdict[] = [];
	for (const rule of rules.filter(isChosen)) {
		const verdict = await judgeScenario(rule);
		scenarios.push(verdict);
		say(rule.name, verdict);
	}
	const seeds: SeedVerdict[] = [];
	for (const { name } of [...rules, ...fenceRules].filter(isChosen)) {
		const verdict = await judgeSeed(name);
		seeds.push(verdict);
		const { found, wrong } = verdict;
		say(name, wrong === undefined ? verdict : { wrong: `seed ${found?.seed}: ${wrong}` });
	}
	for (const complaint of unlisted) console.error(complaint);
	const failed = [...scenarios, ...seeds].filter(({ wrong }) => wrong === undefined).length + unlisted.length;
	if (failed > 0) {
		console.error(`${failed} rules have no scenario, or no seed, that needs them`);
		return false;
	}
	return named.length > 0 || publish(pageOf(scenarios, seeds), check);
}

function publish(text: string, check: boolean): boolean {
	if (!check) writeFileSync(page, text);
	else if (readFileSync(page, "utf8") !== text) {
		console.error("docs/rules.md is out of date: run `npm run test:rules` and commit it");
		return false;
	}
	return true;
}

function readArguments() {
	const options = { help: { type: "boolean" }, check: { type: "boolean" } } as const;
	const { values, positionals } = parseArgs({ options, allowPositionals: true });
	for (const name of positionals) takenOut(name);
	return { ...values, names: positionals };
}

async function main(): Promise<number> {
	let given: ReturnType<typeof readArguments>;
	try {
		given = readArguments();
	} catch (error) {
		console.error(`${(error as Error).message}\n\n${HELP}`);
		return 2;
	}
	if (given.help) {
		console.log(HELP);
		return 0;
	}
	if (!(await judgeAll(given.names, given.check ?? false))) return 1;
	console.log(given.names.length === 0 ? "every rule is needed" : "each of these rules is needed");
	return 0;
}

process.exitCode = await main();
