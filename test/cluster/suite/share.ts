import { scenarios } from "../../scenarios/shared/scenarios.ts";
import type { SharedScenario } from "../../scenarios/shared/shared-scenario.ts";

/** What one lane has to do. */
type Share = {
	readonly scenarios: readonly SharedScenario[];
	/** Whether it measures our drains beside kubectl's. */
	readonly compares: boolean;
};

/** About how long a scenario takes in real time, when it does not say: S7 alone wants thirty seconds after the cordon. */
const USUAL_SECONDS = 55;
/** Of the long drains, which come first. The short ones come last, when all lanes are done. */
const COMPARISON_SECONDS = 400;

/**
 * Deals the scenarios out, the longest first, each to the lane that has least to do so far: all lanes of a run come to the
 * same answer. The comparison goes to the first lane, and only when all scenarios are asked for.
 */
export function shareOf(lane: { readonly index: number; readonly of: number }, only?: string): Share {
	const load: number[] = Array.from({ length: lane.of }, (_, index) =>
		index === 0 && only === undefined ? COMPARISON_SECONDS : 0,
	);
	const mine: SharedScenario[] = [];
	for (const scenario of scenariosOf(only).toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
		const least = load.indexOf(Math.min(...load));
		load[least] = (load[least] ?? 0) + secondsOf(scenario);
		if (least === lane.index) mine.push(scenario);
	}
	return { scenarios: mine, compares: only === undefined && lane.index === 0 };
}

/** Those whose name contains the text; all without one. */
export const scenariosOf = (only?: string): readonly SharedScenario[] =>
	only === undefined ? scenarios : scenarios.filter(({ name }) => name.includes(only));

const secondsOf = ({ seconds = USUAL_SECONDS }: SharedScenario): number => seconds;
