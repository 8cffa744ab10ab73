import type { Catcher, Retrier } from "./field-schema.ts";
import type { StatesError } from "./states-faults.ts";

/** What becomes of a state after an error. */
type Answer =
	| { readonly kind: "retry"; readonly attempt: number; readonly inSeconds: number }
	| { readonly kind: "catch"; readonly catcher: Catcher }
	| { readonly kind: "fail" };

/** What Retry and Catch of one visit to a state answer to its errors. Each retrier counts its own attempts. */
export class Recovery {
	readonly #retriers: readonly Retrier[];
	readonly #catchers: readonly Catcher[];
	readonly #attempts = new Map<Retrier, number>();
	#retries = 0;

	constructor(state: { readonly Retry?: readonly Retrier[] | undefined; readonly Catch?: readonly Catcher[] | undefined }) {
		this.#retriers = state.Retry ?? [];
		this.#catchers = state.Catch ?? [];
	}

	/** How often the state was tried again: `$$.State.RetryCount`. */
	get retries(): number {
		return this.#retries;
	}

	/** The first retrier that matches decides; when it is used up, the first catcher that matches. */
	answer(fault: StatesError): Answer {
		const retrier = this.#retriers.find(({ ErrorEquals }) => matches(ErrorEquals, fault.name));
		const attempt = retrier ? (this.#attempts.get(retrier) ?? 0) : 0;
		if (retrier && attempt < retrier.MaxAttempts) {
			this.#attempts.set(retrier, attempt + 1);
			this.#retries++;
			const inSeconds = Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** attempt, retrier.MaxDelaySeconds ?? Infinity);
			return { kind: "retry", attempt: attempt + 1, inSeconds };
		}
		const catcher = this.#catchers.find(({ ErrorEquals }) => matches(ErrorEquals, fault.name));
		return catcher ? { kind: "catch", catcher } : { kind: "fail" };
	}
}

/**
 * Whether an error is one of these. Nothing matches States.Runtime; States.DataLimitExceeded must be named; States.TaskFailed
 * stands for everything but time-outs. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function matches(names: readonly string[], error: string): boolean {
	if (error === "States.Runtime") return false;
	if (names.includes(error)) return true;
	if (error === "States.DataLimitExceeded") return false;
	return names.includes("States.ALL") || (names.includes("States.TaskFailed") && error !== "States.Timeout");
}
