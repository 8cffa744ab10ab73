import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isProcess, processMark } from "./process-mark.ts";

/** What one control plane keeps on disk while it is up. */
export type RunFolder = {
	/** For the plane itself, which makes and removes it. */
	readonly plane: string;
	readonly logs: string;
	/** By which the API server is reached from outside its namespace. */
	readonly socket: string;
	remove(): void;
	/** Moves the logs to where they stay until a few later failures; returns that folder, undefined without logs. */
	keepLogs(): string | undefined;
};

const KEPT = 5;

/** Makes the folder of a new run in the cache, after removing those of runs that are dead. */
export function makeRunFolder(cache: string, lane: number): RunFolder {
	const runs = join(cache, "runs");
	mkdirSync(runs, { recursive: true, mode: 0o700 });
	for (const name of readdirSync(runs)) if (isDead(name)) rmSync(join(runs, name), { recursive: true, force: true });
	const { pid, started } = processMark(process.pid);
	const folder = join(runs, `${pid}-${started}-${lane}`);
	const logs = join(folder, "logs");
	mkdirSync(logs, { recursive: true, mode: 0o700 });
	return {
		plane: join(folder, "plane"),
		logs,
		socket: join(folder, "api"),
		remove: () => rmSync(folder, { recursive: true, force: true }),
		keepLogs: () => (existsSync(logs) && readdirSync(logs).length > 0 ? keep(logs, join(cache, "logs"), lane) : undefined),
	};
}

function isDead(name: string): boolean {
	const [pid = "", started = ""] = name.split("-");
	return !isProcess({ pid: Number(pid), started });
}

/** Names sort by time. */
function keep(logs: string, kept: string, lane: number): string {
	const name = `${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}-${process.pid}-${lane}`;
	cpSync(logs, join(kept, name), { recursive: true });
	const old = readdirSync(kept).sort().slice(0, -KEPT);
	for (const each of old) rmSync(join(kept, each), { recursive: true, force: true });
	return join(kept, name);
}
