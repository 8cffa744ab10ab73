import { executionName, type MaintenanceKey, type MaintenanceRecord } from "../domain/record.ts";
import { RecordConflict } from "../faults.ts";
import type { World } from "../ports.ts";

const TRIES = 8;

/** Throws RecordConflict when this generation has no record: somebody started an execution by hand. */
export async function readRecord(key: MaintenanceKey, { records }: Pick<World, "records">): Promise<MaintenanceRecord> {
	const record = await records.read(key);
	if (!record) throw new RecordConflict(`cannot find the record of maintenance ${executionName(key)}`);
	return record;
}

/**
 * Applies `change` to the record as it is now, again and again until nobody wrote in between, and answers what is stored.
 *
 * `change` answers the very record it was given when there is nothing to write, and undefined when what it came for no
 * longer holds; then nothing is written and the answer is undefined too.
 */
export async function changeRecord(
	key: MaintenanceKey,
	world: Pick<World, "records">,
	change: (record: MaintenanceRecord) => MaintenanceRecord | undefined,
): Promise<MaintenanceRecord | undefined> {
	return changeFrom(await readRecord(key, world), world, change);
}

/**
 * As `changeRecord`, but begins with the record as the caller has it: where that needs no change, nothing is read, and a
 * write that somebody came before is made again on what is stored.
 */
export async function changeFrom(
	known: MaintenanceRecord,
	world: Pick<World, "records">,
	change: (record: MaintenanceRecord) => MaintenanceRecord | undefined,
): Promise<MaintenanceRecord | undefined> {
	let was = known;
	for (let tries = 0; tries < TRIES; tries++) {
		const next = change(was);
		if (next === undefined || next === was) return next;
		if (await world.records.replace(was, next)) return { ...next, version: was.version + 1 };
		was = await readRecord(known, world);
	}
	throw new RecordConflict(`cannot write maintenance ${executionName(known)}: it changed under ${TRIES} tries`);
}
