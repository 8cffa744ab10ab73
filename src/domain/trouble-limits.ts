import { shortened } from "./shortened.ts";
import type { Trouble, TroubleKind } from "./trouble.ts";

/** So many of one kind are named; a human who mends those is told of the next. */
const NAMED = 8;
const SAYS_LIMIT = 600;
/** What stands for the rest of a kind is about this. */
const REST = "others";

/** The troubles that a record holds and a notice tells: the first of each kind, and one that counts the rest. */
export function keptTroubles(troubles: readonly Trouble[]): readonly Trouble[] {
	const kinds = Map.groupBy(troubles, ({ kind }) => kind);
	if ([...kinds.values()].every(({ length }) => length <= NAMED)) return troubles.map(keptTrouble);
	return [...kinds].flatMap(([kind, all]) => [
		...all.slice(0, NAMED).map(keptTrouble),
		...(all.length > NAMED ? [rest(kind, all.length - NAMED)] : []),
	]);
}

/** The same trouble with no more words than a record holds. */
export const keptTrouble = (trouble: Trouble): Trouble => ({ ...trouble, says: shortened(trouble.says, SAYS_LIMIT) });

const rest = (kind: TroubleKind, count: number): Trouble => ({
	kind,
	about: REST,
	says: `${count} more of the same kind (${kind}) are not named; they are told as the first ones are mended.`,
});
