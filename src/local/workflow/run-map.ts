import { readPath, type Scope } from "./path.ts";
import type { Run } from "./run.ts";
import type { MapState } from "./state-schema.ts";
import { runtimeError } from "./states-faults.ts";

/**
 * How many items an inline Map works on at most at the same time, whatever MaxConcurrency says.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
 */
const MOST_AT_ONCE = 40;

/** Runs the Map's flow for each item; answers the results in the order of the items. The first failure ends the others. */
export async function runMap(state: MapState, scope: Scope, run: Run): Promise<readonly unknown[]> {
	const items = itemsOf(state, scope);
	run.history.add("MapStateStarted");
	const results: unknown[] = new Array(items.length);
	const controller = new AbortController();
	const abort = () => controller.abort(run.signal.reason);
	run.signal.addEventListener("abort", abort, { once: true });
	const queue = items.entries();
	const work = async () => {
		for (const [index, item] of queue) {
			if (controller.signal.aborted) return;
			results[index] = await runItem(state, scope, { ...run, signal: controller.signal }, index, item, controller);
		}
	};
	const workers = Math.min(items.length, state.MaxConcurrency || MOST_AT_ONCE, MOST_AT_ONCE);
	const { clock } = run.ground;
	await clock.rest(Promise.allSettled(Array.from({ length: workers }, () => clock.thread(work))));
	run.signal.removeEventListener("abort", abort);
	if (run.signal.aborted) throw run.signal.reason;
	if (controller.signal.aborted) {
		run.history.add("MapStateFailed");
		throw controller.signal.reason;
	}
	run.history.add("MapStateSucceeded");
	return results;
}

async function runItem(state: MapState, scope: Scope, run: Run, index: number, item: unknown, failure: AbortController) {
	const flow = state.ItemProcessor ?? state.Iterator;
	if (!flow) throw runtimeError("There is no flow to run for the items");
	const context = { ...run.context, Map: { Item: { Index: index, Value: item } } };
	const select = state.ItemSelector ?? state.Parameters;
	try {
		run.history.add("MapIterationStarted");
		const input = select ? select({ input: scope.input, context: { ...(scope.context as object), Map: context.Map } }) : item;
		const say: Run["say"] = (name, happening) => run.say(name, { item: index, ...happening });
		const result = await run.runFlow(flow, input, { ...run, context, say });
		run.history.add("MapIterationSucceeded");
		return result;
	} catch (fault) {
		const first = !run.signal.aborted;
		run.history.add(first ? "MapIterationFailed" : "MapIterationAborted");
		if (first) failure.abort(fault);
		throw fault;
	}
}

function itemsOf(state: MapState, scope: Scope): readonly unknown[] {
	const items = state.ItemsPath ? readPath(state.ItemsPath, scope, "ItemsPath") : scope.input;
	if (Array.isArray(items)) return items;
	throw runtimeError(`The ItemsPath '${state.ItemsPath?.text ?? "$"}' leads to ${JSON.stringify(items)}: an array is expected`);
}
