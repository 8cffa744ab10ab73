import type { Answered } from "./rehearsals.ts";
import type { Running } from "./running.ts";

/** Milliseconds. */
const PAUSE_MS = 5_000;

type Refused = { readonly by: Running; readonly at: number };

/**
 * Watches that a pod which its budget keeps is not asked for again within five seconds: neither by the invocation that was
 * refused, nor by one that began when that had ended. What goes on beside it, or comes after one that died, cannot know.
 */
export class Pauses {
	readonly broken: string[] = [];
	readonly #refused = new Map<string, Refused>();

	answered(running: Running, { path, isRehearsal, status, askedAt }: Answered): void {
		if (isRehearsal || path.includes("virt-launcher")) return;
		const before = this.#refused.get(path);
		if (before && askedAt - before.at < PAUSE_MS && knows(running, before.by))
			this.broken.push(`${path} was asked for ${(askedAt - before.at) / 1_000} s after it was refused`);
		if (status === 429) this.#refused.set(path, { by: running, at: askedAt });
	}
}

const knows = (running: Running, other: Running): boolean =>
	running === other || (other.endedAt !== undefined && other.endedAt <= running.beganAt);
