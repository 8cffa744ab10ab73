import { isDeepStrictEqual } from "node:util";
import { fieldsAt, isFields } from "../../../src/local/cluster/store-object.ts";
import { findLook, type Moment, type Stretch } from "./history.ts";
import type { Note, Picture, Sight } from "./recording.ts";
import type { Replay } from "./replay.ts";
import { type Roles, subjectOf } from "./roles.ts";
import { type Difference, toldOf } from "./told.ts";

/**
 * How far apart, in seconds, the same thing may be seen: the recorder looked every 270 ms on a busy machine, and durations are
 * knobs on both sides. The longer the story, the more of them add up.
 */
const tolerance = (t: number): number => 0.6 + t * 0.05;

type Facts = { readonly [part in keyof Picture]: unknown };

/** Finds what the recorder saw in the history of a replay, in the recorder's order. */
export class Sights {
	readonly #replay: Replay;
	/** Per VM: what is seen later cannot have been there earlier. */
	readonly #seenUntil = new Map<string, number>();
	/** The VMIs that turned out to be the same, recorded uid to uid here. */
	readonly #same = new Map<string, string>();

	constructor(replay: Replay) {
		this.#replay = replay;
	}

	/** The difference when this was not to be seen here around that time. */
	missing(step: Sight): Difference | undefined {
		const { history, recorded, simulated, vms } = this.#replay;
		const vm = subjectOf(step, vms);
		const wanted = factsOf(step.state, recorded);
		const pictures = history.picturesOf(vm);
		const isSame = (part: keyof Picture) => (seen: Picture) => isDeepStrictEqual(factsOf(seen, simulated)[part], wanted[part]);
		const isSameVmi = (seen: Picture): boolean => isSame("vmi")(seen) && this.#agrees(step.state, seen);
		const parts = [isSame("vm"), isSameVmi, isSame("vmims"), isSame("pods")];
		const found = findLook(pictures, this.#around(vm, step.t), parts);
		if (found === undefined) return { recorded: wanted, here: factsAt(pictures, step.t, (seen) => factsOf(seen, simulated)) };
		this.#seenUntil.set(vm, found.until);
		this.#bind(step.state, found.seen[1]);
		return undefined;
	}

	/** The same for a count of all migrations by phase. */
	missingPhases({ t, seen }: Note): Difference | undefined {
		const { phases } = this.#replay.history;
		const found = findLook(phases, this.#around("phases", t), [(counts) => isDeepStrictEqual(counts, seen.s)]);
		if (found === undefined) return { recorded: seen.s, here: factsAt(phases, t, (counts) => counts) };
		this.#seenUntil.set("phases", found.until);
		return undefined;
	}

	#around(what: string, t: number): Stretch {
		return { from: Math.max(t - tolerance(t), this.#seenUntil.get(what) ?? 0), to: t + tolerance(t) };
	}

	/** No VMI there is two here, and no two there are one here. */
	#agrees(there: Picture, here: Picture): boolean {
		const [recorded, simulated] = [uidOf(there), uidOf(here)];
		const known = this.#same.get(recorded);
		return known === undefined ? ![...this.#same.values()].includes(simulated) : known === simulated;
	}

	#bind(there: Picture, here: Picture | undefined): void {
		if (here?.vmi && there.vmi) this.#same.set(uidOf(there), uidOf(here));
	}
}

const uidOf = ({ vmi }: Picture): string => String(vmi?.uid ?? "none");

function factsAt<T>(moments: readonly Moment<T>[], t: number, facts: (seen: T) => unknown): unknown {
	const now = moments.findLast(({ from }) => from <= t);
	return now === undefined ? undefined : facts(now.seen);
}

function factsOf({ vm, vmi, vmims, pods }: Picture, roles: Roles): Facts {
	return {
		vm: vm === null ? null : toldOf({ ...vm, conds: vm.conds.toSorted() }, roles),
		vmi: vmi === null ? null : vmiFacts(vmi, roles),
		vmims: (toldOf(vmims, roles) as string[]).toSorted(),
		pods: (toldOf(pods, roles) as string[]).toSorted(),
	};
}

function vmiFacts(vmi: NonNullable<Picture["vmi"]>, roles: Roles): unknown {
	const { uid: _, del, mig, conds, ...rest } = vmi;
	return toldOf(
		{
			...rest,
			...(del === undefined ? {} : { del: true }),
			...(isFields(mig) ? { mig: { ...fieldsAt(mig), uid: roles.roleOf(String(mig.uid)) } } : {}),
			conds: conds.toSorted(),
		},
		roles,
	);
}
