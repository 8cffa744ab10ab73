import type { World } from "../ports.ts";

/** What one run does for each kind of thing at most. */
const MOST = 200;
/** From one run to the next, as the schedule has it: so much further on the next one begins. */
const SCHEDULE_MS = 300_000;
/** After so long a run begins nothing new; the last thing begun still fits into the function's time. */
const RUN_MS = 150_000;

/** One run of Sweep: what it has done so far, and when it stops. */
export type SweepRun = {
	/** By what was done, in words; `failed` and `left for the next run` among them. */
	readonly counts: ReadonlyMap<string, number>;
	/**
	 * Finds things and looks after each: `lookAfter` answers in a word or two what it did. A thing that fails is logged and
	 * does not stop the others. Where there are too many for one run, the next one begins elsewhere.
	 */
	each<T>(
		what: string,
		find: () => Promise<readonly T[]>,
		nameOf: (thing: T) => string,
		lookAfter: (thing: T) => Promise<string>,
	): Promise<void>;
};

export function beginRun({ clock, notices }: Pick<World, "clock" | "notices">): SweepRun {
	const began = clock.now();
	const counts = new Map<string, number>();
	const count = (what: string, by = 1) => void counts.set(what, (counts.get(what) ?? 0) + by);
	const guard = async (about: string, act: () => Promise<string | undefined>): Promise<void> => {
		try {
			const done = await act();
			if (done !== undefined) count(done);
		} catch (fault) {
			count("failed");
			const { name, message } = fault instanceof Error ? fault : new Error(String(fault));
			notices.say({ event: "sweep failed", about, error: name, why: message });
		}
	};
	return {
		counts,
		async each(what, find, nameOf, lookAfter) {
			await guard(what, async () => {
				const things = inTurn(await find(), nameOf, began);
				for (const [index, thing] of things.entries()) {
					if (index >= MOST || clock.now() - began >= RUN_MS) {
						count("left for the next run", things.length - index);
						break;
					}
					await guard(nameOf(thing), () => lookAfter(thing));
				}
				return undefined;
			});
		},
	};
}

/** Things that are too many for one run begin at another place each time, so that none waits for ever. */
function inTurn<T>(things: readonly T[], nameOf: (thing: T) => string, now: number): readonly T[] {
	const sorted = things.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
	if (sorted.length <= MOST) return sorted;
	const first = (Math.floor(now / SCHEDULE_MS) * MOST) % sorted.length;
	return [...sorted.slice(first), ...sorted.slice(0, first)];
}
