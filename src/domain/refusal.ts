import type { Refusal } from "./record.ts";
import { shortened } from "./shortened.ts";

/** No refused eviction is tried again sooner. */
export const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 300;
const WHY_LIMIT = 240;

/** As much of what the API server says as a refusal remembers. */
export const refusalText = (says: string): string => shortened(says, WHY_LIMIT);

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
	return { count, nextAt: now + Math.max(pause, answer.retryAfterSeconds ?? 0) * 1000, why: refusalText(answer.says) };
}
