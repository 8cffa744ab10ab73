import { functionNames } from "../../infra/function-names.ts";
import type { FunctionName, Invocation } from "../../src/local/embedded-ground.ts";
import { accountMishaps } from "./account-mishaps.ts";
import { clusterMishaps } from "./cluster-mishaps.ts";
import type { Fault } from "./fault.ts";
import { Running } from "./running.ts";
import type { Stage } from "./stage.ts";
import type { Strikes } from "./strikes.ts";
import { userMishaps } from "./user-mishaps.ts";

const mishaps = { ...clusterMishaps, ...userMishaps, ...accountMishaps };

/** How long a mishap waits for something to happen to, and how often it looks. */
const RETRY_MS = 20_000;
const RETRIES = 30;

class TooManyRequests extends Error {
	override readonly name = "Lambda.TooManyRequestsException";
	constructor() {
		super("Rate Exceeded.");
	}
}

class ImportModuleError extends Error {
	override readonly name = "Runtime.ImportModuleError";
	constructor() {
		super("Error: Cannot find module 'index'");
	}
}

/** Faults that befall invocations, clusters, queues and executions, rather than one request. */
export class Happenings {
	readonly #stage: Stage;
	readonly #strikes: Strikes;
	readonly #skews = new Map<FunctionName, number>();
	readonly #refused = new Map<FunctionName, { fault: Fault; left: number }>();
	#outageUntil = 0;
	#tableDownUntil = 0;

	constructor(stage: Stage, strikes: Strikes) {
		this.#stage = stage;
		this.#strikes = strikes;
	}

	/** Lets those happen that wait for a time. */
	begin(): void {
		for (const fault of this.#strikes.timed()) {
			if (fault.kind === "clock skew") this.#skew(fault);
			else if (!fault.kind.startsWith("message re"))
				this.#stage.clock.at(fault.at.seconds * 1_000, () => this.#tryLater(fault, RETRIES));
		}
	}

	tableIsDown(): boolean {
		return this.#stage.clock.now() < this.#tableDownUntil;
	}

	/** Whether it has happened, or waits for its next chance: whether nothing else is to be done about it. */
	happen(fault: Fault, running: Running | undefined): boolean {
		if (this.#toProcess(fault, running)) return true;
		const mishap = mishaps[fault.kind];
		if (!mishap) return false;
		if (mishap(this.#stage, fault)) this.#strikes.note(fault);
		else this.#strikes.giveBack(fault);
		return true;
	}

	/** Runs an invocation as far as it gets. */
	async invoke(invocation: Invocation, handle: () => Promise<unknown>): Promise<unknown> {
		const { clock } = this.#stage;
		if (clock.now() < this.#outageUntil) throw new ImportModuleError();
		const refused = this.#refused.get(invocation.name);
		if (refused && refused.left > 0) {
			refused.left -= 1;
			this.#strikes.note(refused.fault);
			if (invocation.name === "intake") this.#stage.intakeRefused();
			throw new TooManyRequests();
		}
		const running = new Running(clock, invocation, this.#skews.get(invocation.name) ?? 0);
		return running.run(handle, () => this.#isAwaited(invocation));
	}

	/** Those that no execution has called are always. */
	#isAwaited({ event }: Invocation): boolean {
		const { instanceId, generation } = event as { readonly instanceId?: string; readonly generation?: string };
		const execution = this.#stage.ground.machine.list().find(({ name }) => name === `${instanceId}-${generation}`);
		return execution === undefined || execution.status === "RUNNING";
	}

	#toProcess(fault: Fault, running: Running | undefined): boolean {
		const { clock, lastsUntil } = this.#stage;
		const until = clock.now() + fault.seconds * 1_000;
		switch (fault.kind) {
			case "function outage":
				this.#outageUntil = until;
				this.#stage.outage("functions", until);
				break;
			case "table outage":
				this.#tableDownUntil = until;
				this.#stage.outage("table", until);
				break;
			case "function throttled":
				if (running) this.#refused.set(running.name, { fault, left: fault.times });
				return true;
			case "step repeated":
				running?.loseAnswer();
				break;
			case "step overtaken by its repetition":
				running?.giveUp();
				break;
			case "step delayed for minutes":
				running?.freeze(fault.seconds * 1_000);
				break;
			case "crash between two effects":
				running?.die();
				break;
			default:
				return false;
		}
		lastsUntil(until);
		this.#strikes.note(fault);
		return true;
	}

	#skew(fault: Fault): void {
		const name = functionNames[Math.floor(fault.choice * functionNames.length)] ?? "watch";
		this.#skews.set(name, fault.seconds * 1_000);
		this.#strikes.note(fault);
	}

	#tryLater(fault: Fault, tries: number): void {
		const mishap = mishaps[fault.kind];
		if (Running.outside(() => mishap?.(this.#stage, fault))) this.#strikes.note(fault);
		else if (tries > 0) this.#stage.clock.at(RETRY_MS, () => this.#tryLater(fault, tries - 1));
	}
}
