import { AsyncLocalStorage } from "node:async_hooks";
import type { SimulationClock } from "../../src/local/clock/simulation-clock.ts";
import type { FunctionName, Invocation } from "../../src/local/embedded-ground.ts";
import type { Clock } from "../../src/ports.ts";

/** How Lambda reports that a function's process is gone. */
class ExitError extends Error {
	override readonly name = "Runtime.ExitError";
	constructor() {
		super("RequestId: Error: Runtime exited with error: signal: killed");
	}
}

const serviceException = () =>
	Object.assign(new Error("the connection to the function broke"), { name: "Lambda.ServiceException" });

const never = new Promise<never>(() => {});
const surrounding = new AsyncLocalStorage<Running | undefined>();

/** One invocation of a function, as long as its process lives. */
export class Running {
	readonly name: FunctionName;
	readonly requestId: string;
	/** Milliseconds by which its clock is wrong. */
	readonly skewMs: number;
	/** When it began its last look, and the one before, by the true clock. */
	lookBeganAt = 0;
	lookBeganBefore = 0;
	/** When it began, by the true clock. */
	readonly beganAt: number;
	/** When it ended, by the true clock; not of one that died, or goes on though nobody waits for it. */
	endedAt: number | undefined;
	/** How many writes of the record there had been when it last read it. */
	knownWrites = 0;
	#isLooking = false;
	readonly #clock: SimulationClock;
	readonly #end = Promise.withResolvers<never>();
	#dying = false;
	#unheard = false;
	#givenUp = false;
	#gone = false;
	#resting = 0;
	#freezeMs = 0;
	#thaw: PromiseWithResolvers<void> | undefined;

	constructor(clock: SimulationClock, { name, requestId }: Pick<Invocation, "name" | "requestId">, skewMs: number) {
		this.#clock = clock;
		this.beganAt = clock.now();
		this.name = name;
		this.requestId = requestId;
		this.skewMs = skewMs;
		this.#end.promise.catch(() => {});
	}

	/** The invocation that this code runs in; undefined outside of all of them. */
	static get current(): Running | undefined {
		return surrounding.getStore();
	}

	/** Runs what belongs to no invocation: whatever it begins must not look like the work of this one. */
	static outside<T>(act: () => T): T {
		return surrounding.run(undefined, act);
	}

	/**
	 * Runs the handler in a thread of its own; rejects when its process dies, or is given up, first. `isAwaited`: whether the
	 * execution that has called it still runs.
	 */
	async run(handle: () => Promise<unknown>, isAwaited: () => boolean): Promise<unknown> {
		try {
			const answer = await this.#clock.rest(
				Promise.race([this.#clock.thread(() => surrounding.run(this, handle)), this.#end.promise]),
			);
			if (this.#dying) {
				this.#gone = true;
				throw new ExitError();
			}
			if (this.#unheard) throw serviceException();
			return answer;
		} finally {
			if (!this.#dying && !this.#givenUp && isAwaited()) this.endedAt = this.#clock.now();
		}
	}

	/** Whoever called it hears nothing of it any more, while it goes on. */
	giveUp(): void {
		this.#givenUp = true;
		this.#end.reject(serviceException());
	}

	/** Its answer will be lost. */
	loseAnswer(): void {
		this.#unheard = true;
	}

	/** From the next boundary on there is no process any more. */
	die(): void {
		this.#dying = true;
	}

	/** At the next boundary the whole process stands still for so long, and then goes on as if nothing had been. */
	freeze(ms: number): void {
		this.#freezeMs = ms;
	}

	/** It reads from the cluster: what it reads in one go is one look. Answers whether a new one begins. */
	looks(): boolean {
		if (this.#isLooking) return false;
		this.lookBeganBefore = this.lookBeganAt;
		this.lookBeganAt = this.#clock.now();
		this.#isLooking = true;
		return true;
	}

	looksNoMore(): void {
		this.#isLooking = false;
	}

	/** A request to AWS is about to leave; its caller is awake. Never returns when the process is gone. */
	async beforeAwsRequest(): Promise<void> {
		if (this.#isGone()) return this.#clock.rest(never);
		const ms = this.#takeFreeze();
		if (ms > 0) await this.#clock.sleep(ms);
	}

	/** A request to a cluster is about to leave; its caller goes on to `within`. */
	beforeClusterRequest(): Promise<void> {
		if (this.#isGone()) return never;
		if (this.#freezeMs === 0 || this.#resting > 0) return Promise.resolve();
		this.#thaw = Promise.withResolvers();
		return this.#thaw.promise;
	}

	/** As its code sees the clock. */
	get clock(): Clock {
		const clock = this.#clock;
		return {
			now: () => clock.now() + this.skewMs,
			sleep: (ms) => this.#rest(() => clock.sleep(ms)),
			within: async (promise, ms) => {
				if (this.#gone) return clock.rest(never);
				const frozen = this.#thaw;
				this.#thaw = undefined;
				if (frozen) {
					await clock.sleep(this.#takeFreeze());
					frozen.resolve();
				}
				return this.#rest(() => clock.within(promise, ms));
			},
		};
	}

	async #rest<T>(wait: () => Promise<T>): Promise<T> {
		this.#resting += 1;
		try {
			return await wait();
		} finally {
			this.#resting -= 1;
		}
	}

	#isGone(): boolean {
		if (this.#dying && !this.#gone) {
			this.#gone = true;
			this.#end.reject(new ExitError());
		}
		return this.#gone;
	}

	#takeFreeze(): number {
		const ms = this.#freezeMs;
		this.#freezeMs = 0;
		return ms;
	}
}

/** The clock of whichever invocation asks; the ground's own outside of them. */
export function functionClock(clock: SimulationClock): Clock {
	const mine = (): Clock => Running.current?.clock ?? clock;
	return { now: () => mine().now(), sleep: (ms) => mine().sleep(ms), within: (promise, ms) => mine().within(promise, ms) };
}
