import { StatesError } from "./states-faults.ts";

/**
 * Events that an execution of a Standard workflow may have; the last one says how it ended.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const HISTORY_LIMIT = 25_000;

/** The execution has used up its history. */
export class HistoryFull extends StatesError {
	constructor() {
		super("States.Runtime", `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`);
	}
}

/** The types of an execution's history events, in order, as GetExecutionHistory would list them. */
export class History {
	readonly #types: string[] = [];

	get types(): readonly string[] {
		return this.#types;
	}

	/** Throws HistoryFull when only the place for the last event is left. */
	add(type: string): void {
		if (this.#types.length >= HISTORY_LIMIT - 1) {
			throw new HistoryFull();
		}
		this.#types.push(type);
	}

	/** Adds the event that ends the execution; there is always room for it. */
	end(type: string): void {
		this.#types.push(type);
	}
}
