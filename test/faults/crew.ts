import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { processWithout } from "../rules/without-rule.ts";
import type { Part } from "./smaller.ts";
import type { Tried } from "./try-seed.ts";
import type { Errand } from "./worker.ts";

export type Untraced = Omit<Tried, "trace">;
type Shrunk = { readonly part: Part; readonly tried: Tried };

/** A process that has played so many seeds makes room for a new one: each seed leaves a little behind, and thousands fill it. */
const SEEDS_OF_A_WORKER = 2_000;

/** Processes that play seeds, as many at a time as there are of them. */
export class Crew {
	readonly #begin: () => ChildProcess;
	readonly #workers: ChildProcess[];

	/** Without a rule, if one is named. */
	constructor(size: number, withoutRule: string | undefined) {
		const { execArgv, env } = processWithout(withoutRule);
		// A worker has a core: threads that collect garbage beside it would take it from the other workers.
		this.#begin = () => fork(new URL("./worker.ts", import.meta.url), { execArgv: [...execArgv, "--single-threaded-gc"], env });
		this.#workers = Array.from({ length: size }, this.#begin);
	}

	/** Plays seeds from `from` on, until so many are played or `onTried` answers that it is enough. */
	async play(from: number, seeds: number, onTried: (tried: Untraced) => "go on" | "enough"): Promise<void> {
		let next = from;
		let enough = false;
		await Promise.all(
			this.#workers.map(async (_, place) => {
				for (let played = 1; !enough && next < from + seeds; played++) {
					const seed = next;
					next += 1;
					if (onTried((await ask(this.#at(place), { seed })) as Untraced) === "enough") enough = true;
					if (played % SEEDS_OF_A_WORKER === 0) this.#replace(place);
				}
			}),
		);
	}

	/** The smallest part of the seed's plan that breaks this law. */
	async shrink(seed: number, law: string): Promise<Shrunk> {
		return (await ask(this.#at(0), { seed, shrinkTo: law })) as Shrunk;
	}

	#at(place: number): ChildProcess {
		const worker = this.#workers[place];
		if (!worker) throw new Error("cannot play a seed without a worker");
		return worker;
	}

	#replace(place: number): void {
		this.#at(place).kill();
		this.#workers[place] = this.#begin();
	}

	dismiss(): void {
		for (const worker of this.#workers) worker.kill();
	}
}

async function ask(worker: ChildProcess, errand: Errand): Promise<unknown> {
	const died = once(worker, "exit").then(([code]) => {
		throw new Error(`the worker of seed ${errand.seed} died (${code}): npm run test:faults -- --seed ${errand.seed} shows where`);
	});
	died.catch(() => {});
	worker.removeAllListeners("error");
	const answer = once(worker, "message");
	worker.send(errand);
	const [message] = (await Promise.race([answer, died])) as [unknown];
	worker.removeAllListeners("exit");
	return message;
}
