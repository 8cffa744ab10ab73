import { inTurn } from "../binaries/build-turn.ts";
import type { Task } from "../task.ts";
import { borrowAddresses } from "./borrowed-addresses.ts";
import { type Enclosure, enclose, type Message } from "./enclosure.ts";
import type { Ground } from "./find-ground.ts";
import { makeRunFolder, type RunFolder } from "./run-folder.ts";

export type Run = {
	readonly ground: Exclude<Ground, { readonly kind: "refused" }>;
	/** The cache folder: everything is written below it. */
	readonly cache: string;
	/** Of `test/cluster/inside.ts`, or another one that takes a Task. */
	readonly script: string;
	/** Prints what the task tells. */
	readonly tell: (line: string) => void;
	/** Prints what there is to say about the run itself. */
	readonly remark: (line: string) => void;
	/** Aborted by the first Ctrl-C. */
	readonly signal: AbortSignal;
};

/** One control plane: which one of several, what it is for, and what is done with what it tells beside lines. */
export type RunTask = {
	readonly lane: number;
	task(folder: RunFolder): Omit<Task, "ground" | "folder" | "logs">;
	hear?(message: Message, folder: RunFolder): void;
};

const INTERRUPTED = 130;

/** Runs one task in its enclosure; leaves nothing but, when it fails, its logs in the cache. Gives its exit code. */
export async function runEnclosed(run: Run, task: RunTask): Promise<number> {
	if (run.ground.kind === "namespace") return inFolder(run, task, () => {});
	const waits = () => run.remark("waiting for another control plane on this machine's own lo to end");
	return inTurn("loopback", "/", waits, async () => {
		const addresses = borrowAddresses(run.cache);
		try {
			return await inFolder(run, task, ({ pid }) => addresses.remember(pid));
		} finally {
			addresses.giveBack();
		}
	});
}

async function inFolder(run: Run, { lane, task, hear }: RunTask, started: (enclosure: Enclosure) => void): Promise<number> {
	const { ground, cache, script, tell, remark, signal } = run;
	const folder = makeRunFolder(cache, lane);
	try {
		if (signal.aborted) return INTERRUPTED;
		const whole: Task = { ...task(folder), ground: ground.kind, folder: folder.plane, logs: folder.logs };
		const enclosure = enclose(ground, script, whole, (message) =>
			message.kind === "line" ? tell(message.text) : hear?.(message, folder),
		);
		started(enclosure);
		const end = () => void enclosure.end();
		signal.addEventListener("abort", end);
		const code = await enclosure.ended;
		signal.removeEventListener("abort", end);
		if (signal.aborted) return INTERRUPTED;
		const kept = code === 0 ? undefined : folder.keepLogs();
		if (kept !== undefined) remark(`the logs of its programs are in ${kept}`);
		return code;
	} finally {
		folder.remove();
	}
}
