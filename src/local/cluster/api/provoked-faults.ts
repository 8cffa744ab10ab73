import type { ApiRequest } from "./api-request.ts";

/** What a client sees when the connection breaks under its request; `code` is as in Node's own errors. */
export class ConnectionReset extends Error {
	override readonly name = "ConnectionReset";
	readonly code = "ECONNRESET";
	constructor() {
		super("read ECONNRESET");
	}
}

/**
 * Where a watch breaks: before the event that comes after `afterEvents` others (default 0), `afterMs` after it began, or
 * when `on` aborts.
 * `gone` sends the 410 as an ERROR event first.
 */
export type WatchCut = {
	readonly how: "end" | "mid-line" | "reset" | "gone";
	readonly afterEvents?: number;
	readonly afterMs?: number;
	readonly on?: AbortSignal;
};

/** What goes wrong. Everything happens in the API server, as it would in a real one; the cluster behind it stays true. */
export type FaultEffect =
	/** Answers this instead of doing the work. Text bodies are text/plain unless the headers say otherwise. */
	| { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
	/** Does the work this much later. */
	| { readonly delayMs: number }
	/** Neither works nor answers. */
	| "hang"
	/** The connection breaks before the work is done. */
	| "reset"
	/** Does the work; the answer is lost: the connection breaks or stays silent. */
	| { readonly lost: "reset" | "hang" }
	/** Does the work, calls this, then answers: something happens between the work and the answer. */
	| { readonly after: () => void }
	/** Calls this, then does the work. */
	| { readonly before: () => void }
	| "cut watch"
	| { readonly cutWatch: WatchCut }
	/** Lists and gets with `resourceVersion=0` show the cluster as it was this long ago. */
	| { readonly staleMs: number };

/** A request as faults match it: with the user, before it is answered. */
export type FaultSubject = ApiRequest & { readonly user: string };

export type Fault = {
	readonly match: (request: FaultSubject) => boolean;
	/** How many requests it befalls; without it, every one until it is taken away. */
	readonly times?: number;
	readonly effect: FaultEffect;
};

/** The faults of one API server. Those that match befall a request in the order in which they were added. */
export class ProvokedFaults {
	#faults: { readonly fault: Fault; left: number }[] = [];

	/** The answer takes the fault away again. */
	add(fault: Fault): () => void {
		const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
		this.#faults.push(entry);
		return () => {
			this.#faults = this.#faults.filter((other) => other !== entry);
		};
	}

	clear(): void {
		this.#faults = [];
	}

	/** The effects on this request, each of which is used up by one. Those behind one that ends the request wait for the next. */
	befall(request: FaultSubject): readonly FaultEffect[] {
		const effects: FaultEffect[] = [];
		for (const entry of this.#faults) {
			if (!entry.fault.match(request)) continue;
			entry.left -= 1;
			effects.push(entry.fault.effect);
			if (endsRequest(entry.fault.effect)) break;
		}
		if (effects.length > 0) this.#faults = this.#faults.filter(({ left }) => left > 0);
		return effects;
	}
}

function endsRequest(effect: FaultEffect): boolean {
	return effect === "hang" || effect === "reset" || (typeof effect === "object" && "status" in effect);
}

/** The API server sheds load (priority and fairness): not a Status. */
export const overloaded: FaultEffect = {
	status: 429,
	body: "Too many requests, please try again later.\n",
	headers: { "content-type": "text/plain; charset=utf-8", "retry-after": "1" },
};

/** The API server is shutting down and asks to come back. */
export const shuttingDown: FaultEffect = {
	status: 429,
	body: "The apiserver is shutting down, please try again later.\n",
	headers: { "content-type": "text/plain; charset=utf-8", "retry-after": "5" },
};

/** 504 of an eviction whose budget could not be written for conflicts. */
export function budgetConflicts(budget: string): FaultEffect {
	const message = `Timeout: couldn't update PodDisruptionBudget ${JSON.stringify(budget)} due to conflicts`;
	const details = { retryAfterSeconds: 10 };
	const body = {
		kind: "Status",
		apiVersion: "v1",
		metadata: {},
		status: "Failure",
		message,
		reason: "Timeout",
		details,
		code: 504,
	};
	return { status: 504, body, headers: { "retry-after": "10" } };
}
