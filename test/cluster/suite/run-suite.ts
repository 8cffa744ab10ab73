import { isDeepStrictEqual } from "node:util";
import { expectedOn } from "../../scenarios/shared/shared-defaults.ts";
import type { SharedOutcome, SharedScenario } from "../../scenarios/shared/shared-scenario.ts";
import { compareDrains } from "../audit/compare-drains.ts";
import { printColumns, type RequestCounts } from "../audit/count-requests.ts";
import { brokenLimits, pageOfComparison } from "../audit/drain-figures.ts";
import type { SuiteOptions } from "../task.ts";
import { comparedStage } from "./compared-stage.ts";
import { drainByKubectl, type KubectlOutcome, kubectlCanDo } from "./drain-by-kubectl.ts";
import type { Lane } from "./lane.ts";
import { playReal } from "./play-real.ts";
import { quietMachine } from "./quiet-machine.ts";
import { shareOf } from "./share.ts";
import { startLane } from "./start-lane.ts";

/** Of each program, when lags are measured: more would measure the machine. */
const DRAINS_AT_ONCE = 3;
/** Two programs that prove at the same moment on a machine of two cores measure each other. */
const APART_MS = 2_500;

/** What came of one scenario on the real plane. */
type Verdict = {
	readonly scenario: string;
	readonly result: "passed" | "failed" | "does not apply";
	/** Why it does not apply, or in which fields the outcome differs, or what broke. */
	readonly why?: string;
	/** What happened, line by line; only of a failed one. */
	readonly trace?: readonly string[];
	readonly seconds: number;
	/** What we asked of the API server, by verb, resource and code. */
	readonly requests?: RequestCounts;
	/** The same of `kubectl drain` on the same stage, where it was asked for and can do it. */
	readonly kubectl?: KubectlOutcome;
};

/** Milliseconds for a line's time. */
const SECOND_MS = 1_000;

/**
 * Brings up one lane, plays its share of the scenarios on it and, if that is in its share, measures our drains beside
 * kubectl's. The answer is the exit code.
 */
export async function runSuite(options: SuiteOptions): Promise<number> {
	const { folder, logs, binaries, versions, lane: share, only, audit, json, tell, count } = options;
	const began = performance.now();
	const say = (line: string) => {
		if (!json) tell(`${((performance.now() - began) / SECOND_MS).toFixed(0).padStart(5)} s  ${line}`);
	};
	const mine = shareOf(share, only);
	const lane = await startLane({ folder, logs, binaries, versions, tell: say });
	say("is up");
	const verdicts: Verdict[] = [];
	const playMine = () =>
		playAll(lane, mine.scenarios, audit ? binaries.kubernetes.kubectl : undefined, (verdict) => {
			verdicts.push(verdict);
			if (json) tell(JSON.stringify({ kind: "verdict", ...verdict }));
			else for (const line of linesOf(verdict)) say(line);
		});
	const broken: string[] = [];
	if (mine.compares) broken.push(...(await compare(lane, binaries.kubernetes.kubectl, { json, tell, say, between: playMine })));
	else await playMine();
	for (const sentence of broken) say(`FAILED ${sentence}`);
	for (const mishap of lane.agent.mishaps) say(`a stand-in met with ${mishap}`);
	const of = (wanted: Verdict["result"]) => verdicts.filter(({ result }) => result === wanted).length;
	const failed = of("failed") + broken.length;
	count({ passed: of("passed"), failed, inapplicable: of("does not apply") });
	await lane.stop();
	return failed > 0 ? 1 : 0;
}

async function compare(lane: Lane, kubectl: string, { json, tell, say, between }: Comparing): Promise<readonly string[]> {
	let played = false;
	const playOnce = async () => {
		if (played) return;
		played = true;
		await between();
	};
	try {
		const stage = await comparedStage(lane, { kubectl, atOnce: DRAINS_AT_ONCE, apartMs: APART_MS, say });
		const comparison = await compareDrains({ ...stage, between: () => playOnce().then(() => quietMachine(say)) });
		tell(json ? JSON.stringify({ kind: "comparison", ...comparison }) : pageOfComparison(comparison));
		return brokenLimits(comparison);
	} catch (fault) {
		await playOnce();
		return [`the comparison with kubectl drain broke off: ${wholeMessageOf(fault)}`];
	}
}

type Comparing = Pick<SuiteOptions, "json" | "tell"> & {
	readonly say: (line: string) => void;
	readonly between: () => Promise<unknown>;
};

function linesOf({ scenario, result, why, trace = [], seconds, requests, kubectl }: Verdict): readonly string[] {
	const asked = requests === undefined ? "" : `; ${requests.requests} requests, ${requests.evictions} evictions`;
	const head = `${result === "failed" ? "FAILED" : result}  ${scenario} (${seconds} s${asked})`;
	const columns = requests === undefined || kubectl === undefined ? [] : printColumns(requests, kubectl.requests).split("\n");
	const ended = kubectl === undefined ? [] : [`  kubectl drain ended with ${kubectl.exitCode}`];
	return [
		head,
		...ended,
		...columns.map((line) => `  ${line}`),
		...(why === undefined ? [] : why.split("\n").map((line) => `  ${line}`)),
		...trace.map((line) => `  ${line}`),
	];
}

/**
 * Plays scenarios one after the other and tells each verdict as it comes. With a `kubectl` it drains as well, on each stage
 * on which it can.
 */
async function playAll(
	lane: Lane,
	chosen: readonly SharedScenario[],
	kubectl: string | undefined,
	tell: (verdict: Verdict) => void,
): Promise<void> {
	for (const scenario of chosen) tell(await judge(scenario, lane, kubectl));
}

/** `1.7` of `1.7.0`. */
const behaviourOf = (version: string): string => version.split(".").slice(0, 2).join(".");

async function judge(scenario: SharedScenario, lane: Lane, kubectl: string | undefined): Promise<Verdict> {
	const began = performance.now();
	const version = behaviourOf(lane.plane.versions.kubevirt);
	const verdict = (result: Verdict["result"], rest: Omit<Verdict, "scenario" | "result" | "seconds"> = {}): Verdict => ({
		scenario: scenario.name,
		result,
		...rest,
		seconds: Math.round((performance.now() - began) / 1000),
	});
	const inapplicable = scenario.notOn?.[version];
	if (inapplicable !== undefined) return verdict("does not apply", { why: inapplicable });
	try {
		const { outcome, trace, requests } = await playReal(scenario, lane);
		const why = differencesOf(expectedOn(scenario, version), outcome);
		if (why.length > 0) return verdict("failed", { why: why.join("\n"), trace, requests });
		if (kubectl === undefined || !kubectlCanDo(scenario)) return verdict("passed", { requests });
		return verdict("passed", { requests, kubectl: await drainByKubectl(scenario, lane, kubectl) });
	} catch (thrown) {
		return verdict("failed", { why: wholeMessageOf(thrown) });
	}
}

/** One line for each field of the outcome that is not as expected. */
function differencesOf(expected: SharedOutcome, outcome: SharedOutcome): readonly string[] {
	return (Object.keys(expected) as (keyof SharedOutcome)[])
		.filter((field) => !isDeepStrictEqual(expected[field], outcome[field]))
		.map((field) => `${field}: expected ${JSON.stringify(expected[field])}, came ${JSON.stringify(outcome[field])}`);
}

function wholeMessageOf(thrown: unknown): string {
	if (!(thrown instanceof Error)) return String(thrown);
	return thrown.cause === undefined ? (thrown.stack ?? thrown.message) : `${thrown.message}\n${wholeMessageOf(thrown.cause)}`;
}
