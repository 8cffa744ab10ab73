import type { Explanation } from "./verdict.ts";

/** Survivors that are equivalent to the source, or that no behaviour worth a test tells from it. */
export const explanations: readonly Explanation[] = [];
