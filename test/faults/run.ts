// `npm run test:faults`: plays seeds and says what failed, see --help.
import { spawnSync } from "node:child_process";
import { missingRule, processWithout } from "../rules/without-rule.ts";
import { Crew, type Untraced } from "./crew.ts";
import type { FaultKind } from "./fault.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { planOf } from "./plan.ts";
import { brokenLine, countsReport, describePlan, failureReport, neverFired, replayOf } from "./report.ts";
import { whole } from "./smaller.ts";

/** From so many seeds on every kind of fault must have struck. */
const ENOUGH_SEEDS = 1_000;
const PROGRESS_MS = 30_000;
/** So many failed seeds are shrunk and printed; the others are named. */
const SHRUNK = 5;

async function playOne(options: Options, seed: number): Promise<boolean> {
	const { trySeed } = await import("./try-seed.ts");
	const part = { ...whole(planOf(seed)), ...(options.faults && { faults: options.faults }), without: options.without };
	const tried = await trySeed(seed, part);
	if (options.json) console.log(JSON.stringify(tried));
	else {
		for (const line of [...describePlan(seed, part), ...tried.trace]) console.log(line);
		for (const excuse of tried.excused) console.log(`excused: ${excuse}`);
		for (const broken of tried.violations) console.log(brokenLine(broken));
		if (tried.violations.length > 0) console.log(replayOf(seed, part, options.withoutRule));
		console.log(`seed ${seed} ${tried.violations.length === 0 ? "passed" : "failed"}: ${tried.state}`);
	}
	return tried.violations.length === 0;
}

/** A rule is taken out while the program loads: so it loads again. */
function playAgainWithout(rule: string): number {
	const { execArgv, env } = processWithout(rule);
	return spawnSync(process.execPath, [...execArgv, ...process.argv.slice(1)], { stdio: "inherit", env }).status ?? 1;
}

async function playMany(options: Options): Promise<boolean> {
	const { seeds, from, workers, withoutRule, json } = options;
	const crew = new Crew(workers, withoutRule);
	const fired = new Map<FaultKind, number>();
	const failed: Untraced[] = [];
	let played = 0;
	let virtualSeconds = 0;
	const began = performance.now();
	const elapsed = () => Math.round((performance.now() - began) / 1_000);
	const progress = setInterval(
		() => console.error(`${played} of ${seeds} seeds after ${elapsed()} s, ${failed.length} failed`),
		PROGRESS_MS,
	);
	try {
		await crew.play(from, seeds, (tried) => {
			played += 1;
			virtualSeconds += tried.virtualSeconds;
			for (const [kind, times] of Object.entries(tried.fired))
				fired.set(kind as FaultKind, (fired.get(kind as FaultKind) ?? 0) + times);
			if (json) console.log(JSON.stringify(tried));
			if (tried.violations.length > 0) {
				failed.push(tried);
				console.error(`seed ${tried.seed} failed: ${tried.violations.slice(0, 1).map(brokenLine).join("").slice(0, 200)}`);
			}
			return withoutRule !== undefined && tried.violations.length > 0 ? "enough" : "go on";
		});
		if (!json) await reportFailures(crew, failed, withoutRule);
	} finally {
		clearInterval(progress);
		crew.dismiss();
	}
	const unfired = played >= ENOUGH_SEEDS ? neverFired(fired) : [];
	if (json) return failed.length === 0 && unfired.length === 0;
	console.log(
		`How often each kind of fault struck, in ${Math.round(virtualSeconds / 86_400)} days of virtual time and ${elapsed()} s:`,
	);
	console.log(countsReport(fired));
	if (unfired.length > 0) console.log(`FAILED: these never struck in ${played} seeds: ${unfired.join(", ")}`);
	console.log(`${played - failed.length} seeds passed, ${failed.length} failed`);
	return failed.length === 0 && unfired.length === 0;
}

async function reportFailures(crew: Crew, failed: readonly Untraced[], withoutRule: string | undefined): Promise<void> {
	for (const { seed, violations } of failed.slice(0, SHRUNK)) {
		const { part, tried } = await crew.shrink(seed, violations[0]?.law ?? "");
		console.log(failureReport(tried, part, withoutRule));
	}
	for (const { seed, violations } of failed.slice(SHRUNK)) {
		console.log(`seed ${seed} failed: ${violations.slice(0, 1).map(brokenLine).join("").slice(0, 240)}`);
	}
}

async function main(): Promise<number> {
	let options: Options;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`${(error as Error).message}\n\n${HELP}`);
		return 2;
	}
	if (options.help) {
		console.log(HELP);
		return 0;
	}
	const { withoutRule } = options;
	if (options.seed !== undefined && withoutRule !== undefined && missingRule() !== withoutRule)
		return playAgainWithout(withoutRule);
	const passed = options.seed === undefined ? await playMany(options) : await playOne(options, options.seed);
	return passed ? 0 : 1;
}

const code = await main();
// A pipe takes its time, and what a crashed function waits for never comes.
process.stdout.write("", () => process.exit(code));
