import type { FunctionName } from "../../src/local/embedded-ground.ts";
import { type Channel, describeFault, type Fault, type FaultKind } from "./fault.ts";

/** A request on its way out of a function. */
export type OutgoingRequest = {
	readonly of: FunctionName;
	readonly channel: Exclude<Channel, "any">;
	/** `UpdateItem`, or the verb and the resource: `create pods/eviction`. */
	readonly operation: string;
	/** Of a cluster. */
	readonly path?: string;
	readonly query?: Readonly<Record<string, string>>;
};

/** Which of a plan's faults are due, and which have really struck. */
export class Strikes {
	readonly fired = new Map<FaultKind, number>();
	readonly #waiting: Set<Fault>;
	readonly #requests = new Map<string, number>();
	readonly #states = new Map<string, number>();
	readonly #say: (line: string) => void;

	constructor(faults: readonly Fault[], say: (line: string) => void) {
		this.#waiting = new Set(faults);
		this.#say = say;
	}

	/** How many requests have left each function. */
	get requests(): Readonly<Record<string, number>> {
		const all = [...this.#requests].filter(([name]) => name.endsWith(" any"));
		return Object.fromEntries(all.map(([name, times]) => [name.slice(0, -" any".length), times]));
	}

	/** Those that wait for a time; they are taken. */
	timed(): readonly (Fault & { readonly at: { readonly on: "time"; readonly seconds: number } })[] {
		type Timed = Fault & { readonly at: { readonly on: "time"; readonly seconds: number } };
		const due = [...this.#waiting].filter((fault): fault is Timed => fault.at.on === "time");
		for (const fault of due) this.#waiting.delete(fault);
		return due;
	}

	/** Those that strike now, before this request; `befalls` says whether a fault can befall it. */
	atRequest(outgoing: OutgoingRequest, befalls: (fault: Fault, outgoing: OutgoingRequest) => boolean): readonly Fault[] {
		for (const channel of [outgoing.channel, "any"]) count(this.#requests, `${outgoing.of} ${channel}`);
		return this.#take(
			({ at }) => {
				if (at.on !== "request" || at.of !== outgoing.of || (at.channel !== "any" && at.channel !== outgoing.channel))
					return false;
				return (this.#requests.get(`${at.of} ${at.channel}`) ?? 0) >= at.nth;
			},
			(fault) => befalls(fault, outgoing),
		);
	}

	/** Those that strike as the execution enters this state. */
	atState(state: string): readonly Fault[] {
		const times = count(this.#states, state);
		return this.#take(
			({ at }) => at.on === "state" && at.state === state && times >= at.nth,
			() => true,
		);
	}

	/** It has really happened. */
	note(fault: Fault): void {
		this.fired.set(fault.kind, (this.fired.get(fault.kind) ?? 0) + 1);
		this.#say(`FAULT ${describeFault(fault)}`);
	}

	/** It cannot happen just now, and waits on. */
	giveBack(fault: Fault): void {
		this.#waiting.add(fault);
	}

	#take(isDue: (fault: Fault) => boolean, befalls: (fault: Fault) => boolean): readonly Fault[] {
		const due = [...this.#waiting].filter((fault) => isDue(fault) && befalls(fault));
		for (const fault of due) this.#waiting.delete(fault);
		return due;
	}
}

function count(counts: Map<string, number>, name: string): number {
	const times = (counts.get(name) ?? 0) + 1;
	counts.set(name, times);
	return times;
}
