// `npm run test:rules`: takes each rule out by name, sees its scenario end wrongly, and writes docs/rules.md.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pairRules, proofRules } from "../../src/domain/proof.ts";
import type { Violation } from "../monitor/laws.ts";
import { fenceRules } from "./fence-rules.ts";
import { type FoundSeed, foundSeeds } from "./found-seeds.ts";
import { playSeed } from "./play-seed.ts";
import { type Rule, ruleNamed, rules, takenOut } from "./rules.ts";

const HELP = `Usage: npm run test:rules [-- [--check] [RULE ...]]

Plays the scenario of each rule twice: with the whole program, which must end well, and without the rule, which must end
wrongly, the monitor of the two laws saying so. The same with the seed by which npm run test:faults finds each. Without names it does this for all rules and writes docs/rules.md.

  --check   does not write docs/rules.md, but fails when it is out of date
  RULE      ${[...rules, ...fenceRules].map(({ name }) => name).join(", ")}`;

const top = fileURLToPath(new URL("../..", import.meta.url));
const page = `${top}docs/rules.md`;

type Play = { readonly violations: readonly Violation[]; readonly ends: string } | { readonly failed: string };

/** A process of its own, for a rule is taken out of the source while it loads. */
function play(rule: Rule, without: boolean): Promise<Play> {
	const preload = without ? ["--import", new URL("./take-out.ts", import.meta.url).href] : [];
	const env = { ...process.env, ...(without && { EVACUATOR_WITHOUT_RULE: rule.name }) };
	const child = spawn(process.execPath, [...preload, fileURLToPath(new URL("./play.ts", import.meta.url)), rule.scenario], {
		env,
	});
	let out = "";
	let errors = "";
	child.stdout.on("data", (chunk) => {
		out += chunk;
	});
	child.stderr.on("data", (chunk) => {
		errors += chunk;
	});
	return new Promise((resolve) => {
		child.on("close", (code) => resolve(code === 0 ? (JSON.parse(out) as Play) : { failed: errors.slice(-2_000) }));
	});
}

type Verdict = { readonly rule: Rule; readonly wrong?: string; readonly complaint?: string };

async function judge(rule: Rule): Promise<Verdict> {
	const [whole, without] = await Promise.all([play(rule, false), play(rule, true)]);
	if ("failed" in whole) return { rule, complaint: `its scenario failed: ${whole.failed}` };
	if (whole.violations[0]) return { rule, complaint: `its scenario ends wrongly even with it: ${whole.violations[0].says}` };
	if (whole.ends !== rule.ends) return { rule, complaint: `its scenario ends ${whole.ends} with it, not ${rule.ends}` };
	if ("failed" in without) return { rule, complaint: `its scenario failed without it: ${without.failed}` };
	const [first] = without.violations;
	if (!first) return { rule, complaint: `its scenario "${rule.scenario}" ends well without it` };
	const named = first.law === "answer" ? "A hook is not answered" : `Law ${first.law}`;
	return { rule, wrong: `${named}: ${first.says}` };
}

const table = (verdicts: readonly Verdict[]): string => `# The rules, and what goes wrong without each

Written by \`npm run test:rules\`, which takes each rule out of the source by name, plays its scenario and asks the monitor of
the two laws. With the rule in place the monitor says nothing.

| rule | what it says | scenario | with it | without it |
| --- | --- | --- | --- | --- |
${verdicts.map(({ rule, wrong }) => `| ${rule.name} | ${rule.says} | ${rule.scenario} | ${rule.ends} | ${wrong} |`).join("\n")}
`;

/** Whatever changes the faults that seeds draw makes these seeds stale. */
const howToFind = (name: string): string =>
	`npm run test:faults -- --seeds 10000 --without-rule ${name} finds another for test/rules/found-seeds.ts`;

type SeedVerdict = { readonly name: string; readonly found: FoundSeed; readonly story: readonly string[] } & (
	| { readonly wrong: string }
	| { readonly complaint: string }
);

async function judgeSeed(name: string, found: FoundSeed): Promise<SeedVerdict> {
	const [whole, without] = await Promise.all([playSeed(found, undefined), playSeed(found, name)]);
	const { story } = without;
	const [broken] = whole.violations;
	if (broken) return { name, found, story, complaint: `seed ${found.seed} fails even with it: ${broken.says}` };
	const [first] = without.violations;
	if (!first) return { name, found, story, complaint: `seed ${found.seed} passes without it; ${howToFind(name)}` };
	return { name, found, story, wrong: `${/^\d$/.test(first.law) ? `law ${first.law}` : first.law}: ${first.says}` };
}

/** Lines of a story at most. */
const LINES = 24;

const chapter = (verdict: SeedVerdict): string => {
	const { name, found, story } = verdict;
	const { seed, faults, without } = found;
	const smaller = without.length === 0 ? "" : ` --without ${without.join(",")}`;
	return `
### ${name}

Without the rule that ${takenOut(name).says}: ${"wrong" in verdict ? verdict.wrong : ""}.

\`npm run test:faults -- --seed ${seed} --faults ${faults.join(",") || "none"}${smaller} --without-rule ${name}\`

\`\`\`
${(story.length <= LINES ? story : [...story.slice(0, LINES / 2), "…", ...story.slice(-LINES / 2)]).map((line) => line.slice(0, 150)).join("\n")}
\`\`\`
`;
};

const chapters = (verdicts: readonly SeedVerdict[]): string =>
	verdicts.length === 0
		? ""
		: `
## Found by the fault simulation

Each of these seeds passes with the whole program, and fails without the rule; the faults are shrunk to what is needed for it.
${verdicts.map(chapter).join("")}`;

/** Rules of the proof that nobody would miss. */
const unlisted = [...proofRules, ...pairRules]
	.map(({ name }) => name)
	.filter((name) => !rules.some((rule) => rule.name === name));

const { values, positionals } = parseArgs({
	options: { help: { type: "boolean" }, check: { type: "boolean" } },
	allowPositionals: true,
});

if (values.help) console.log(HELP);
else {
	const chosen =
		positionals.length === 0 ? rules : positionals.filter((name) => !fenceRules.some((one) => one.name === name)).map(ruleNamed);
	const verdicts: Verdict[] = unlisted.map((name) => ({
		rule: { name, says: "", edits: [], scenario: "uncordoned", ends: "open" },
		complaint: "src/domain/proof.ts has it, and test/rules/rules.ts has no scenario for it",
	}));
	for (const { rule, complaint } of verdicts) console.log(`FAIL  ${rule.name.padEnd(12)} ${complaint}`);
	for (const rule of chosen) {
		const verdict = await judge(rule);
		verdicts.push(verdict);
		console.log(`${verdict.wrong ? "ok  " : "FAIL"}  ${rule.name.padEnd(12)} ${verdict.wrong ?? verdict.complaint}`);
	}
	const names = positionals.length === 0 ? [...rules, ...fenceRules].map(({ name }) => name) : positionals;
	const unfound: string[] = [];
	const bySeed: SeedVerdict[] = [];
	for (const name of names) {
		const found = foundSeeds[name];
		if (!found) {
			unfound.push(name);
			console.log(`FAIL  ${name.padEnd(12)} no seed is known that needs it; ${howToFind(name)}`);
			continue;
		}
		const verdict = await judgeSeed(name, found);
		bySeed.push(verdict);
		const says = "wrong" in verdict ? `seed ${found.seed}: ${verdict.wrong}` : verdict.complaint;
		console.log(`${"wrong" in verdict ? "ok  " : "FAIL"}  ${name.padEnd(12)} ${says}`);
	}
	const failed = [
		...verdicts.filter(({ wrong }) => wrong === undefined),
		...bySeed.filter((one) => !("wrong" in one)),
		...unfound,
	];
	if (failed.length > 0) {
		console.error(`${failed.length} rules have no scenario, or no seed, that needs them`);
		process.exitCode = 1;
	} else {
		if (positionals.length === 0) publish(`${table(verdicts)}${chapters(bySeed)}`);
		if (process.exitCode !== 1) console.log(chosen === rules ? "every rule is needed" : "each of these rules is needed");
	}
}

function publish(text: string): void {
	if (!values.check) writeFileSync(page, text);
	else if (readFileSync(page, "utf8") !== text) {
		console.error("docs/rules.md is out of date: run `npm run test:rules` and commit it");
		process.exitCode = 1;
	}
}
