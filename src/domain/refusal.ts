import type { Refusal } from "./record.ts";

/** No refused eviction is tried again sooner. */
export const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 300;

/**
 * A refusal after the ones before it: pauses of 5, 10, 20 … 300 seconds, or what the API server asks for when that is more.
 * `now` in epoch milliseconds.
 */
export function nextRefusal(
	previous: Refusal | undefined,
	answer: { readonly says: string; readonly retryAfterSeconds?: number },
	now: number,
): Refusal {
	const count = (previous?.count ?? 0) + 1;
	const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (count - 1));
	return { count, nextAt: now + Math.max(pause, answer.retryAfterSeconds ?? 0) * 1000, why: answer.says };
}
