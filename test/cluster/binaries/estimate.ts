import type { Missing } from "./find-binaries.ts";

/** On how many cores the seconds of the parts were measured. */
const MEASURED_ON = 2;
/** Linking does not get faster by more cores. */
const AT_BEST = 4;

/** How long building these takes on so many cores, in seconds. */
export function secondsFor(missing: readonly Missing[], cores: number): number {
	const total = missing.reduce((sum, { product }) => sum + product.seconds, 0);
	return Math.round(total / Math.min(Math.max(cores / MEASURED_ON, 0.5), AT_BEST));
}

/** `about 6.5 minutes`, `about 40 seconds`. */
export function inWords(seconds: number): string {
	if (seconds < 100) return `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} seconds`;
	return `about ${Math.round((seconds / 60) * 2) / 2} minutes`;
}
