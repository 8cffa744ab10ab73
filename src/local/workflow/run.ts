import type { Happening } from "./execution-event.ts";
import type { History } from "./history.ts";
import type { Ground } from "./load-definition.ts";
import type { Flow } from "./state-schema.ts";

/** The context object, as far as it is implemented. */
type Context = Readonly<Record<string, unknown>>;

/** What the states of one flow of an execution share. */
export type Run = {
	readonly ground: Ground;
	readonly history: History;
	/** Without State, which each state adds. */
	readonly context: Context;
	/** Aborted when this flow has to end at once; the reason is what to throw. */
	readonly signal: AbortSignal;
	readonly say: (state: string, happening: Happening) => void;
	/** Runs another flow, as a Map does for each item. */
	readonly runFlow: (flow: Flow, input: unknown, run: Run) => Promise<unknown>;
};

/** How long something may take, in milliseconds, and what to throw when it takes longer. */
export type Limit = { readonly ms: number; readonly late: () => Error };

/** Rests until the promise settles, the limit has passed (then throws what `late` says) or the flow is aborted. */
export function restUntil<T>(run: Run, promise: Promise<T>, limit?: Limit): Promise<T> {
	const { promise: settled, resolve, reject } = Promise.withResolvers<T>();
	const cancel = limit ? run.ground.clock.at(limit.ms, () => reject(limit.late())) : () => {};
	const abort = () => reject(run.signal.reason);
	if (run.signal.aborted) abort();
	run.signal.addEventListener("abort", abort, { once: true });
	promise.then(resolve, reject);
	const cleanUp = () => {
		cancel();
		run.signal.removeEventListener("abort", abort);
	};
	settled.then(cleanUp, cleanUp);
	return run.ground.clock.rest(settled);
}

/** Sleeps on the clock; ends early, throwing, when the flow is aborted. */
export async function pause(run: Run, ms: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const cancel = run.ground.clock.at(ms, resolve);
	try {
		await restUntil(run, promise);
	} finally {
		cancel();
	}
}
