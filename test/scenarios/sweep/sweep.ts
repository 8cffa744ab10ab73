import { HOOK, LEAVING, type Stage } from "../drill.ts";

/** A hook whose events all get lost. */
export const unheard = { ...HOOK, tells: [] };
export const name = (generation: number) => `${LEAVING}-${generation}`;

/** What Sweep has said it did, `failed` included, over all its runs. */
export function swept({ says }: Pick<Stage, "says">): Readonly<Record<string, number>> {
	const runs = says.filter(({ event }) => event === "sweep").map(({ event: _, ...counts }) => counts);
	const totals = new Map<string, number>();
	for (const [what, count] of runs.flatMap((counts) => Object.entries(counts)))
		totals.set(what, (totals.get(what) ?? 0) + Number(count));
	return Object.fromEntries(totals);
}
