import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Violation } from "../monitor/laws.ts";
import type { Rule } from "./rules.ts";
import { processWithout } from "./without-rule.ts";

type Play = { readonly violations: readonly Violation[]; readonly ends: string } | { readonly failed: string };

/** The scenario of the rule, with the whole program or without a rule. */
function play({ scenario }: Rule, withoutRule?: string): Promise<Play> {
	const { execArgv, env } = processWithout(withoutRule);
	const script = fileURLToPath(new URL("./play.ts", import.meta.url));
	const child = spawn(process.execPath, [...execArgv, script, scenario], { env });
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

/** What goes wrong in the scenario of a rule without it, or why that does not show that it is needed. */
export type Verdict = { readonly rule: Rule; readonly wrong?: string; readonly complaint?: string };

/** Plays the scenario of a rule with the whole program and without the rule. */
export async function judgeScenario(rule: Rule): Promise<Verdict> {
	const [whole, without] = await Promise.all([play(rule), play(rule, rule.name)]);
	if ("failed" in whole) return { rule, complaint: `its scenario failed: ${whole.failed}` };
	if (whole.violations[0]) return { rule, complaint: `its scenario ends wrongly even with it: ${whole.violations[0].says}` };
	if (whole.ends !== rule.ends) return { rule, complaint: `its scenario ends ${whole.ends} with it, not ${rule.ends}` };
	if ("failed" in without) return { rule, complaint: `its scenario failed without it: ${without.failed}` };
	const [first] = without.violations;
	if (!first) return { rule, complaint: `its scenario "${rule.scenario}" ends well without it` };
	const named = first.law === "answer" ? "A hook is not answered" : `Law ${first.law}`;
	return { rule, wrong: `${named}: ${first.says}` };
}
