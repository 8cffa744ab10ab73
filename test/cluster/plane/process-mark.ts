import { readdirSync, readFileSync } from "node:fs";

/** A process, told from a later one with the same number by the time of its start (in clock ticks since boot). */
type ProcessMark = { readonly pid: number; readonly started: string };

/** The mark of a living process; `started` is empty when there is none. */
export function processMark(pid: number): ProcessMark {
	return { pid, started: startOf(pid) };
}

/** Whether it still lives. */
export function isProcess({ pid, started }: ProcessMark): boolean {
	return started !== "" && startOf(pid) === started;
}

/**
 * The processes of this group that have the text in their command line. A group outlives its leader, and its number may
 * come again for another one later, which does not speak of the same things.
 */
export function processesOf(group: number, mentioned: string): readonly number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => fieldsOf(pid)[2] === String(group) && commandLineOf(pid).includes(mentioned));
}

/** Field 22 of /proc/PID/stat. */
function startOf(pid: number): string {
	return fieldsOf(pid)[19] ?? "";
}

/** The fields of /proc/PID/stat from the third one on: the name before them may contain anything, so the last bracket counts. */
function fieldsOf(pid: number): readonly string[] {
	const stat = textOf(pid, "stat");
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function commandLineOf(pid: number): string {
	return textOf(pid, "cmdline").replaceAll("\0", " ");
}

/** Empty when the process is gone. */
function textOf(pid: number, file: string): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "utf8");
	} catch {
		return "";
	}
}
