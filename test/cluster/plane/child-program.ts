import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How one program of the plane is run. */
export type ProgramSettings = {
	readonly name: string;
	readonly binary: string;
	readonly args: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** Its output is appended to this file. */
	readonly log: string;
	/** Whether it answers; asked again until it does. */
	ready(): Promise<boolean>;
	/** `kubelet`: started again when it ends by itself, as a pod would be, a few times. Otherwise its end is a fault. */
	readonly restart: "never" | "kubelet";
};

/** A program of the plane has ended by itself, or does not come up. The message ends with the tail of its log. */
export class ProgramDied extends Error {
	override readonly name = "ProgramDied";
}

const READY_WITHIN_MS = 90_000;
const ASK_EVERY_MS = 100;
const RESTART_AFTER_MS = 1_000;
const RESTARTS = 10;
const TAIL_LINES = 15;

/** One child process with its log, that is watched while it should run. */
export class ChildProgram {
	readonly settings: ProgramSettings;
	readonly #onDeath: (fault: ProgramDied) => void;
	#child: ChildProcess | undefined;
	#wanted = false;
	/** Has answered since it was started: from then on its end is told to `onDeath`, before that to whoever started it. */
	#answered = false;
	#restarts = 0;

	constructor(settings: ProgramSettings, onDeath: (fault: ProgramDied) => void) {
		this.settings = settings;
		this.#onDeath = onDeath;
	}

	get running(): boolean {
		return this.#child !== undefined;
	}

	/** Returns when it answers; throws ProgramDied when it ends before, or takes too long. */
	async start(): Promise<void> {
		if (this.#wanted) return;
		this.#wanted = true;
		this.#answered = false;
		this.#spawn();
		const { name, restart } = this.settings;
		const until = Date.now() + READY_WITHIN_MS;
		while (!(await this.settings.ready())) {
			if (!this.#wanted) return;
			if (!this.#child && restart === "never") throw this.#died("start", "it ended at once");
			if (Date.now() > until) throw this.#died("start", `no answer within ${READY_WITHIN_MS / 1000} s`);
			await sleep(ASK_EVERY_MS);
		}
		if (!this.#wanted) return;
		if (!this.#child) throw this.#died("start", `somebody else answers in place of ${name}`);
		this.#answered = true;
	}

	/** Kills it, without asking, and returns when it is gone. */
	async stop(): Promise<void> {
		this.#wanted = false;
		const child = this.#child;
		if (!child) return;
		const gone = new Promise((resolve) => child.once("exit", resolve));
		child.kill("SIGKILL");
		await gone;
	}

	#spawn(): void {
		const { binary, args, env = {}, log } = this.settings;
		const output = openSync(log, "a", 0o600);
		const { PATH = "" } = process.env;
		const child = spawn(binary, [...args], { stdio: ["ignore", output, output], env: { PATH, ...env } });
		closeSync(output);
		this.#child = child;
		child.once("error", (cause) => this.#ended(cause.message));
		child.once("exit", (code, signal) => this.#ended(signal ? `signal ${signal}` : `exit code ${code}`));
	}

	#ended(how: string): void {
		if (!this.#child) return;
		this.#child = undefined;
		if (!this.#wanted) return;
		if (this.settings.restart === "never" || this.#restarts >= RESTARTS) {
			if (this.#answered) this.#onDeath(this.#died("keep up", `it ended by itself with ${how}`));
			return;
		}
		this.#restarts++;
		setTimeout(() => this.#wanted && !this.#child && this.#spawn(), RESTART_AFTER_MS);
	}

	#died(verb: string, why: string): ProgramDied {
		const { name, log } = this.settings;
		return new ProgramDied(`cannot ${verb} ${name}: ${why}; the end of ${log}:\n${tailOf(log)}`);
	}
}

function tailOf(log: string): string {
	return readFileSync(log, "utf8").trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}
