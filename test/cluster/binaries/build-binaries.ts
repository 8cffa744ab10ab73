import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { inWords, secondsFor } from "./estimate.ts";
import type { Missing } from "./find-binaries.ts";
import { goEnvironment } from "./go-command.ts";
import { folderOf, type Part } from "./parts.ts";

type Build = {
	readonly missing: readonly Missing[];
	/** Where the products go. */
	readonly built: string;
	/** Go's own caches, while something is missing: about 6 GB. */
	readonly work: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly tell: (line: string) => void;
	/** Ends the build; what is finished stays. */
	readonly signal: AbortSignal;
};

/** `go build` failed, or was interrupted. The message ends with what Go said. */
export class BuildFailed extends Error {
	override readonly name = "BuildFailed";
}

const STILL_EVERY_MS = 30_000;
const SAID_LINES = 20;

/**
 * Builds what is missing, one program after the other, into a file beside its place, which then takes its place: what is
 * there is whole, and a second run goes on where the first one ended. Go's caches go when nothing is missing.
 */
export async function buildBinaries(build: Build): Promise<void> {
	const { missing, built, work, tell } = build;
	const cores = availableParallelism();
	tell(`building ${missing.length} files of the control plane, once for this machine: ${inWords(secondsFor(missing, cores))}`);
	for (const [index, each] of missing.entries()) {
		const { part, product } = each;
		const left = inWords(secondsFor(missing.slice(index), cores));
		tell(`[${index + 1}/${missing.length}] ${product.file} of ${part.name} ${part.version} (${left} left)`);
		const began = Date.now();
		const folder = join(built, folderOf(part));
		mkdirSync(folder, { recursive: true });
		const temporary = join(folder, `.${product.file}.unfinished`);
		await (product.build === undefined ? copy(build, each, temporary) : compile(build, each, temporary));
		renameSync(temporary, join(folder, product.file));
		tell(`[${index + 1}/${missing.length}] ${product.file} is there, after ${Math.round((Date.now() - began) / 1000)} s`);
	}
	rmSync(work, { recursive: true, force: true });
}

async function compile(build: Build, { part, product }: Missing, file: string): Promise<void> {
	const began = Date.now();
	const still = setInterval(
		() => build.tell(`      ${product.file}: still building, ${Math.round((Date.now() - began) / 1000)} s`),
		STILL_EVERY_MS,
	);
	try {
		await go(build, part, ["build", "-ldflags", part.ldflags, "-o", file, product.build ?? ""]);
	} finally {
		clearInterval(still);
	}
}

async function copy(build: Build, { part, product }: Missing, file: string): Promise<void> {
	const folder = await go(build, part, ["list", "-m", "-f", "{{.Dir}}", part.module]);
	copyFileSync(join(folder.trim(), product.copy ?? product.file), file);
	chmodSync(file, 0o644);
}

/** Runs Go in the folder of the part's go.mod; gives what it printed. */
function go({ work, env, signal }: Build, part: Part, args: readonly string[]): Promise<string> {
	const child = spawn("go", [...args], {
		cwd: join(import.meta.dirname, folderOf(part)),
		env: {
			...goEnvironment(env),
			CGO_ENABLED: "0",
			GOCACHE: join(work, "build"),
			GOMODCACHE: join(work, "modules"),
			GOFLAGS: "-mod=readonly -trimpath -modcacherw -buildvcs=false",
			GOWORK: "off",
		},
		stdio: ["ignore", "pipe", "pipe"],
		// A group of its own, so that its compilers end with it.
		detached: true,
	});
	const abort = () => endGroup(child);
	signal.addEventListener("abort", abort);
	let printed = "";
	let said = "";
	child.stdout.on("data", (chunk: Buffer) => (printed += chunk));
	child.stderr.on("data", (chunk: Buffer) => (said += chunk));
	return new Promise<string>((resolve, reject) => {
		child.once("error", (cause) => reject(new BuildFailed(`cannot run go: ${cause.message}`, { cause })));
		child.once("close", (code) => {
			signal.removeEventListener("abort", abort);
			if (signal.aborted) reject(new BuildFailed("cannot build the control plane: interrupted; the next run goes on from here"));
			else if (code === 0) resolve(printed);
			else reject(new BuildFailed(`cannot build ${part.name} ${part.version}: go ${args[0]} failed:\n${tail(said)}`));
		});
		if (signal.aborted) abort();
	});
}

function endGroup({ pid }: ChildProcess): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, "SIGKILL");
	} catch {
		// It ended at the same moment.
	}
}

function tail(text: string): string {
	return text
		.trimEnd()
		.split("\n")
		.filter((line) => !line.startsWith("go: downloading"))
		.slice(-SAID_LINES)
		.join("\n");
}
