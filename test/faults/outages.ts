/** A message that could not be handled comes again after this; see `delivery` of infra/time-outs.ts. */
const REDELIVERY_MS = 61_000;
/** An execution reads the record before each step; a Watch is the longest. */
const TURN_MS = 255_000;

type Span = { readonly from: number; readonly until: number };

/** What the excuses depend on; instants in epoch milliseconds. */
type Seen = {
	readonly now: () => number;
	/** When the events of hooks were put on their queue. */
	readonly hooksToldAt: readonly number[];
	/** Whether one of them has not been handled, or set aside, by any invocation. */
	readonly isUnheard: () => boolean;
	/** When a fault ended the newest execution; undefined where it ended otherwise, or any still runs. */
	readonly brokenOffAt: () => number | undefined;
};

/** Times in which nobody of ours could do anything; instants in epoch milliseconds. */
export class Outages {
	/** The last time in which no function ran. */
	#functions: Span = { from: 0, until: 0 };
	/** The last time in which no record could be read or written. */
	#table: Span = { from: 0, until: 0 };
	#waitingSince = 0;
	/** When Lambda last refused to run Intake. */
	#intakeRefusedAt: number | undefined;
	readonly #seen: Seen;

	constructor(seen: Seen) {
		this.#seen = seen;
	}

	/** Lambda has refused to run Intake just now. */
	intakeRefused(): void {
		this.#intakeRefusedAt = this.#seen.now();
	}

	/** No function runs until then, or no record can be read or written. */
	begin(of: "functions" | "table", until: number): void {
		const now = this.#seen.now();
		const longer = (last: Span): Span => ({ from: now <= last.until ? last.from : now, until: Math.max(until, last.until) });
		if (of === "functions") this.#functions = longer(this.#functions);
		else this.#table = longer(this.#table);
	}

	/** A hook began to wait then. */
	waits(since: number): void {
		this.#waitingSince = since;
	}

	/** Whether nobody could have kept the hook alive that has lapsed just now. */
	excuseLapse(): boolean {
		return this.#nobodyCouldHear() || this.#nobodyWasLet() || this.#nobodyCouldGoOn() || this.#nobodyCouldKeep();
	}

	/** The event of a hook is still on its queue, for Lambda has refused to run Intake the last time that it was tried. */
	#nobodyWasLet(): boolean {
		const refusedAt = this.#intakeRefusedAt;
		return refusedAt !== undefined && this.#seen.now() <= refusedAt + REDELIVERY_MS && this.#seen.isUnheard();
	}

	/** The hook began to wait when no function ran, or so shortly before that its message may have waited for its turn; it is unread. */
	#nobodyCouldHear(): boolean {
		const { from, until } = this.#functions;
		return from <= this.#waitingSince + REDELIVERY_MS && this.#seen.now() <= until + REDELIVERY_MS && this.#seen.isUnheard();
	}

	/** The execution that kept the hook alive was broken off when no function ran that could have begun the next one. */
	#nobodyCouldGoOn(): boolean {
		const { from, until } = this.#functions;
		const at = this.#seen.brokenOffAt();
		return at !== undefined && from <= at && at <= until && this.#seen.now() <= until + REDELIVERY_MS;
	}

	/** The event of a hook came in an outage of the table, or so shortly before it that no state has read its token. */
	#nobodyCouldKeep(): boolean {
		const { from, until } = this.#table;
		return this.#seen.now() <= until + REDELIVERY_MS && this.#seen.hooksToldAt.some((at) => from - TURN_MS <= at && at <= until);
	}
}
