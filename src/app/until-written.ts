import { RecordConflict } from "../faults.ts";

/** So many writers in a row that come first are no coincidence any more. */
export const TRIES = 8;

/**
 * Tries until one answers something; undefined says that somebody else has written in between. `changed`: what cannot be
 * done, and what changed, for the RecordConflict that ends it.
 */
export async function untilWritten<T>(changed: string, tryToWrite: () => Promise<T | undefined>): Promise<T> {
	for (let tries = 0; tries < TRIES; tries++) {
		const written = await tryToWrite();
		if (written !== undefined) return written;
	}
	throw new RecordConflict(`${changed} under ${TRIES} tries`);
}
