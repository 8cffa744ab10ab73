/** Parts of Hold's memory, `$.hold`, that stay as they are. */
export const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [`${name}.$`, `$.hold.${name}`]));

/** Counts a round of Hold: the steps have to know how full the history is. */
export const oneMoreRound = { "rounds.$": "States.MathAdd($.hold.rounds, 1)" };
