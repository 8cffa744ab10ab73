import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const start = fileURLToPath(new URL("../../src/cli/start.ts", import.meta.url));

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs what `npm start --` runs, without a terminal. Sends SIGINT as soon as `until` is in its output. */
export function runStart(args: readonly string[], { until }: { readonly until?: string } = {}): Promise<Ran> {
	const child = spawn(process.execPath, [start, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	let stdout = "";
	let stderr = "";
	let interrupted = false;
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
		if (until === undefined || interrupted || !stdout.includes(until)) return;
		interrupted = true;
		child.kill("SIGINT");
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve({ code, stdout, stderr }));
	});
}

export type Line = { readonly kind: string; readonly at: string } & Readonly<Record<string, unknown>>;

/** The lines of `--json`. Throws on a line that is not JSON. */
export const linesOf = (stdout: string): readonly Line[] =>
	stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Line);
