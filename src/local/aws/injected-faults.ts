/**
 * What goes wrong with a request. `throttled`, `failed` (500), `refused` (IAM) and `unreachable` (no connection): nothing is
 * done. `late`: done at once, answered after `afterMs`. `lost`: done at once, and instead of an answer the client's
 * time-out comes after `afterMs`.
 */
export type Fault = {
	/** An operation's name as AWS writes it. */
	readonly operation: string;
	readonly kind: "throttled" | "failed" | "refused" | "unreachable" | "late" | "lost";
	/** Only requests about this instance. */
	readonly instanceId?: string;
	/** How many requests it befalls. Default: 1; Infinity until it is removed. */
	readonly times?: number;
	/** Milliseconds on the clock, for `late` and `lost`. Default: 3000. */
	readonly afterMs?: number;
};

/** Faults that wait for the requests they befall; the oldest that fits comes first. */
export class InjectedFaults {
	readonly #operations: ReadonlySet<string>;
	#waiting: { readonly fault: Fault; left: number }[] = [];

	constructor(operations: Iterable<string>) {
		this.#operations = new Set(operations);
	}

	/** Answers a function that removes it. Throws on an operation that does not exist here. */
	add(fault: Fault): () => void {
		if (!this.#operations.has(fault.operation)) {
			throw new Error(`cannot make ${fault.operation} fail: choose one of ${[...this.#operations].join(", ")}`);
		}
		const entry = { fault, left: fault.times ?? 1 };
		this.#waiting.push(entry);
		return () => {
			this.#waiting = this.#waiting.filter((other) => other !== entry);
		};
	}

	take(operation: string, body: string): Fault | undefined {
		const befalls = ({ fault }: { readonly fault: Fault }) =>
			fault.operation === operation && (fault.instanceId === undefined || body.includes(fault.instanceId));
		const entry = this.#waiting.find(befalls);
		if (!entry) return undefined;
		entry.left--;
		if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
		return entry.fault;
	}
}
