import { type ChildProcess, spawn } from "node:child_process";
import type { Ground } from "./find-ground.ts";

/** A script that runs apart from this process, together with all that it starts. */
export type Enclosure = {
	/** Its exit code; 137 when it was killed. All that it started is gone by then. */
	readonly ended: Promise<number>;
	/** The leader of its group of processes. */
	readonly pid: number;
	/** Asks it to end itself, and kills it when it takes too long. */
	end(): Promise<void>;
};

/** What the script may tell; each message is one of these. */
export type Message =
	| { readonly kind: "line"; readonly text: string }
	| { readonly kind: "up" }
	/** How many of the lane's scenarios came to what. */
	| { readonly kind: "tally"; readonly passed: number; readonly failed: number; readonly inapplicable: number };

const ENDS_WITHIN_MS = 20_000;
const KILLED = 137;

/**
 * Runs a script of ours with a task (JSON). In namespaces it is the first process of its own: when it dies everything in
 * them dies; it is killed with its parent `unshare`, and it ends itself when this process is gone (`insideEnclosure`). On
 * `loopback` it leads a group of processes that is killed after it. No terminal signal reaches it: this process decides.
 */
export function enclose(
	ground: Exclude<Ground, { readonly kind: "refused" }>,
	script: string,
	task: unknown,
	hear: (message: Message) => void,
): Enclosure {
	const [command = process.execPath, ...args] = [
		...(ground.kind === "namespace" ? ground.command : []),
		process.execPath,
		"--disable-warning=ExperimentalWarning",
		script,
		JSON.stringify(task),
	];
	const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], detached: true });
	child.on("message", (message) => hear(message as Message));
	const ended = new Promise<number>((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code) => {
			killGroup(child);
			resolve(code ?? KILLED);
		});
	});
	const kill = () => killGroup(child);
	const end = async () => {
		if (child.connected) child.disconnect();
		const late = setTimeout(kill, ENDS_WITHIN_MS);
		await ended;
		clearTimeout(late);
	};
	return { ended, pid: child.pid ?? 0, end };
}

function killGroup({ pid }: ChildProcess): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, "SIGKILL");
	} catch {
		// Nobody is left in it.
	}
}

/** For the script inside: its task, a way to tell, and the moment in which it has to end. */
type Inside<Task> = {
	readonly task: Task;
	tell(message: Message): Promise<void>;
	/** Aborted when the other side asks for the end, or is no longer there. */
	readonly ending: AbortSignal;
};

/** Called once by the script that `enclose` runs. */
export function insideEnclosure<Task>(): Inside<Task> {
	const ending = new AbortController();
	process.once("disconnect", () => ending.abort());
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort());
	// Whoever reads the output has gone; the end of the channel says so too.
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => ending.abort());
	return {
		task: JSON.parse(process.argv[2] ?? "null"),
		tell: (message) =>
			new Promise((resolve) => {
				if (!process.connected) resolve();
				else process.send?.(message, () => resolve());
			}),
		ending: ending.signal,
	};
}
