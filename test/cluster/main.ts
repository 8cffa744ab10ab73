import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Asked, helpOf, readArguments } from "./arguments.ts";
import { BuildFailed } from "./binaries/build-binaries.ts";
import { cacheFolder } from "./binaries/cache-folder.ts";
import { obtainBinaries } from "./binaries/obtain-binaries.ts";
import type { Binaries } from "./binaries/parts.ts";
import { noneNamed, test } from "./commands/test.ts";
import { up } from "./commands/up.ts";
import { findGround } from "./plane/find-ground.ts";

type Work = Exclude<Asked, { readonly kind: "help" | "wrong" }>;

const INTERRUPTED = 130;
const interrupting = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupting.abort());
// Its terminal, or whoever read the output, has gone.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => interrupting.abort());
process.exit(await answer(readArguments(process.argv.slice(2))));

async function answer(asked: Asked): Promise<number> {
	switch (asked.kind) {
		case "help":
			process.stdout.write(helpOf(asked.command));
			return 0;
		case "wrong":
			return refuse(asked.says);
		default:
			return work(asked);
	}
}

async function work(asked: Work): Promise<number> {
	const json = asked.kind !== "up" && asked.json;
	// With --json, standard output is the suite's alone.
	const progress = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
	const { signal } = interrupting;
	const unknown = asked.kind === "test" ? noneNamed(asked.only) : undefined;
	if (unknown !== undefined) return refuse(unknown);
	const ground = findGround();
	if (ground.kind === "refused" && asked.kind !== "build") return refuse(ground.says);
	try {
		const obtained = await obtainBinaries(asked.kubevirt, { env: process.env, tell: progress, signal });
		if (obtained.kind === "refused") return refuse(obtained.says);
		const { binaries } = obtained;
		if (asked.kind === "build" || ground.kind === "refused") return built(binaries, progress);
		const run = {
			...{ ground, binaries, signal },
			cache: cacheFolder(process.env),
			script: join(import.meta.dirname, "inside.ts"),
			versions: { kubernetes: kubernetesVersion(binaries), kubevirt: asked.kubevirt },
			tell: (line: string) => process.stdout.write(`${line}\n`),
			remark: progress,
		};
		return asked.kind === "up" ? await up(run) : await test({ ...asked, ...run });
	} catch (fault) {
		if (signal.aborted) return INTERRUPTED;
		if (!(fault instanceof BuildFailed)) throw fault;
		process.stderr.write(`${fault.message}\n`);
		return 1;
	}
}

function built({ kubernetes, kubevirt }: Binaries, tell: (line: string) => void): number {
	tell(`everything is there: ${[...Object.values(kubernetes), ...Object.values(kubevirt)].join(", ")}`);
	return 0;
}

/** Of the programs that are used: a folder that the environment names may have another one than ours. */
function kubernetesVersion({ kubernetes }: Binaries): string {
	const printed = execFileSync(kubernetes["kube-apiserver"], ["--version"]).toString();
	return /v(\d+\.\d+\.\d+\S*)/.exec(printed)?.[1] ?? printed.trim();
}

function refuse(says: string): number {
	process.stderr.write(`${says}\n`);
	return 2;
}
