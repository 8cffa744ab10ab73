import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { storyOf } from "../faults/report.ts";
import type { FoundSeed } from "./found-seeds.ts";
import { processWithout } from "./without-rule.ts";

type SeedPlay = {
	readonly violations: readonly { readonly law: string; readonly says: string }[];
	readonly story: readonly string[];
};

/** Lines of a story that fit into the page. */
const TOLD = / (FAULT|taken|truth|account .*"(ended|tagged|untagged)"|.*entered (Assess|Cordon|Evict|Watch|Release|Hold|Done)$)/;

/** Plays a part of a seed's plan in a process of its own, with the whole program or without a rule. */
export async function playSeed({ seed, faults, without }: FoundSeed, withoutRule: string | undefined): Promise<SeedPlay> {
	const { execArgv, env } = processWithout(withoutRule);
	const run = fileURLToPath(new URL("../faults/run.ts", import.meta.url));
	const part = [
		"--seed",
		String(seed),
		"--faults",
		faults.join(",") || "none",
		...(without.length > 0 ? ["--without", without.join(",")] : []),
	];
	const options = { env, maxBuffer: 2 ** 28 };
	const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, run, ...part, "--json"], options).catch(
		(error: { readonly code?: unknown; readonly stdout?: string }) => {
			if (error.code === 1 && error.stdout) return { stdout: error.stdout };
			throw error;
		},
	);
	const { violations, trace } = JSON.parse(stdout) as { violations: SeedPlay["violations"]; trace: readonly string[] };
	return { violations, story: storyOf(trace).filter((line) => TOLD.test(line)) };
}
