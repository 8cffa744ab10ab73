import type { Look } from "./look.ts";

/** No act of release goes out later than this after the look that proves it began. */
const LOOK_STAYS_FRESH_MS = 10_000;

/** Whether a look may still carry an act that cannot be taken back; `now` in epoch milliseconds. */
export const isFresh = (look: Look, now: number): boolean => now - look.began <= LOOK_STAYS_FRESH_MS;
