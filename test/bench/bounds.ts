import type { CrowdFigures } from "./crowd.ts";
import type { DrainFigures } from "./drain-figures.ts";
import type { FleetFigures } from "./fleet.ts";

/** What one drain of the bench may cost. */
const BOUNDS = { requests: 60, evictions: 25, lagSeconds: 2 } as const;

/** AWS's default. The shorter a hook, the shorter each Watch must be, and each Watch lists the cluster anew. */
const DEFAULT_HOOK_SECONDS = 3_600;

/** The bounds that hold for a drain under such a hook. */
export const boundsOf = (
	hookSeconds: number,
): { readonly requests?: number; readonly evictions: number; readonly lagSeconds: number } => {
	const { requests, ...rest } = BOUNDS;
	return hookSeconds < DEFAULT_HOOK_SECONDS ? rest : BOUNDS;
};

/** One sentence for each thing that was not completed, done twice, against a law, or dearer than its bound. */
export function verdictOf({ drains, wrong, hookSeconds }: FleetFigures): readonly string[] {
	return [...wrong, ...drains.flatMap((drain) => wrongWith(drain, hookSeconds).map((says) => `${drain.cluster}: ${says}`))];
}

function wrongWith({ requests, evictions, lagSeconds, wrong }: DrainFigures, hookSeconds: number): readonly string[] {
	const bounds = boundsOf(hookSeconds);
	return [
		...wrong,
		...over("requests", requests, bounds.requests),
		...over("evictions", evictions, bounds.evictions),
		...over("seconds from the last launcher's end to the completed hook", lagSeconds, bounds.lagSeconds),
	];
}

/** A figure that is no number is over every bound: what it counts never happened. */
const over = (what: string, count: number, bound: number | undefined): readonly string[] =>
	bound === undefined || count <= bound ? [] : [`${count} ${what}, at most ${bound} are allowed`];

/** What many drains may cost: each so many times what one of the fewest does, and its turns at the queue. */
const CROWD_BOUNDS = { slowestBeat: 0.5, growth: 2 } as const;

/**
 * What a drain may cost beside that for each time that the queue of its cluster is twice as long. Whoever waits asks again and
 * again, the rarer the further back it stands: three turns at most for each half of the queue that goes before it. A turn is
 * one function that reads the record twice, the slots and perhaps those in the way, and writes down a heartbeat and its place.
 */
const OF_DOUBLING = { requests: 0, writes: 9, reads: 12, invocations: 3 } as const;

/** How often the queue of a cluster doubles: its nodes divided by the slots it has. */
const doublings = ({ nodes, clusters, slots }: CrowdFigures): number => Math.max(0, Math.log2(nodes / clusters / slots));

/** One sentence for each law that was broken, each hook that waited too long, and each figure that grows worse than linearly. */
export function verdictOfCrowds(crowds: readonly CrowdFigures[]): readonly string[] {
	const [smallest] = crowds;
	return crowds.flatMap((crowd) => {
		const says = [
			...crowd.wrong,
			...over("of a hook's time-out without a heartbeat", crowd.slowestBeat, CROWD_BOUNDS.slowestBeat),
			...(["requests", "writes", "reads", "invocations"] as const).flatMap((figure) => {
				const bound = smallest && CROWD_BOUNDS.growth * smallest[figure] + OF_DOUBLING[figure] * doublings(crowd);
				return over(`${figure} of one drain`, crowd[figure], bound);
			}),
		];
		return says.map((one) => `${crowd.nodes} nodes: ${one}`);
	});
}
