/** A part of a seed's plan, as `npm run test:faults -- --seed N --faults … --without …` plays it. */
export type FoundSeed = { readonly seed: number; readonly faults: readonly number[]; readonly without: readonly string[] };

/** The seed by which the fault simulation finds that a rule is missing, shrunk to what is needed for it. */
export const foundSeeds: Readonly<Record<string, FoundSeed>> = {};
