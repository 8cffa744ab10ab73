import type { FaultKind } from "./fault.ts";
import { type Plan, planOf } from "./plan.ts";
import { play } from "./play.ts";
import { type Part, partOf, shrink, whole } from "./smaller.ts";
import type { Broken } from "./verdict.ts";

/** What became of one seed, fit for another process. */
export type Tried = {
	readonly seed: number;
	readonly violations: readonly Broken[];
	readonly excused: readonly string[];
	readonly fired: Readonly<Partial<Record<FaultKind, number>>>;
	readonly trace: readonly string[];
	readonly state: string;
	readonly virtualSeconds: number;
};

/** Plays a plan. A program that cannot even go on has broken something too. */
export async function tryPlan(plan: Plan): Promise<Tried> {
	try {
		const { violations, excused, fired, trace, state, seconds } = await play(plan);
		return { seed: plan.seed, violations, excused, fired: Object.fromEntries(fired), trace, state, virtualSeconds: seconds };
	} catch (fault) {
		const says = fault instanceof Error ? (fault.stack ?? String(fault)) : String(fault);
		const nothing = { excused: [], fired: {}, trace: [], state: "broken off", virtualSeconds: 0 };
		return { seed: plan.seed, violations: [{ law: "broken off", says }], ...nothing };
	}
}

export const trySeed = (seed: number, part?: Part): Promise<Tried> => {
	const plan = planOf(seed);
	return tryPlan(partOf(plan, part ?? whole(plan)));
};

/** The smallest part of a seed's plan that breaks the same. */
export async function shrinkSeed(seed: number, law: string): Promise<{ readonly part: Part; readonly tried: Tried }> {
	const plan = planOf(seed);
	const part = await shrink(plan, async (smaller) => (await tryPlan(smaller)).violations.some((broken) => broken.law === law));
	return { part, tried: await tryPlan(partOf(plan, part)) };
}
