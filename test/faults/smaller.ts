import type { Plan } from "./plan.ts";
import type { WorldPlan } from "./world.ts";

/** What can be left out of a world, by name. */
const reductions: Readonly<Record<string, (world: WorldPlan) => WorldPlan>> = {
	pods: (world) => ({ ...world, pods: 0 }),
	neighbour: (world) => ({ ...world, neighbour: false }),
	"second-hook": (world) => ({ ...world, secondHook: "none" }),
	retention: (world) => ({ ...world, retain: false }),
	node: (world) => ({ ...world, others: 1 }),
	...Object.fromEntries(
		[0, 1, 2, 3].map((index) => [
			`vm-${index}`,
			(world: WorldPlan) => ({ ...world, vms: world.vms.filter(({ name }) => name !== `vm-${index}`) }),
		]),
	),
};

export const reductionNames: readonly string[] = Object.keys(reductions);

/** Which part of a plan is played: these of its faults, counted from 1, and its world without these things. */
export type Part = { readonly faults: readonly number[]; readonly without: readonly string[] };

export const whole = (plan: Plan): Part => ({ faults: plan.faults.map((_, index) => index + 1), without: [] });

/** Throws for a reduction that does not exist. */
export function partOf(plan: Plan, { faults, without }: Part): Plan {
	const world = without.reduce((smaller, name) => {
		const reduce = reductions[name];
		if (!reduce) throw new Error(`cannot leave out ${name}: what can be left out is ${reductionNames.join(", ")}`);
		return reduce(smaller);
	}, plan.world);
	return { ...plan, world, faults: faults.flatMap((number) => plan.faults[number - 1] ?? []) };
}

/**
 * The smallest part that still fails: first the fewest faults, then the smallest world. `fails` plays a part; every play is
 * the same each time.
 */
export async function shrink(plan: Plan, fails: (part: Plan) => Promise<boolean>): Promise<Part> {
	let part = whole(plan);
	for (let index = 0; index < part.faults.length; ) {
		const fewer = { ...part, faults: part.faults.filter((_, other) => other !== index) };
		if (await fails(partOf(plan, fewer))) part = fewer;
		else index += 1;
	}
	for (const name of reductionNames) {
		const smaller = { ...part, without: [...part.without, name] };
		const changes = JSON.stringify(partOf(plan, smaller).world) !== JSON.stringify(partOf(plan, part).world);
		if (changes && (await fails(partOf(plan, smaller)))) part = smaller;
	}
	return part;
}
