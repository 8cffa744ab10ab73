import { happeningsOf } from "../domain/history.ts";
import { executionName, type Fence, type MaintenanceKey, type MaintenanceRecord } from "../domain/record.ts";
import { RecordConflict } from "../faults.ts";
import type { World } from "../ports.ts";
import { TRIES } from "./until-written.ts";

/** Throws RecordConflict when this generation has no record: somebody started an execution by hand. */
export async function readRecord(key: MaintenanceKey, { records }: Pick<World, "records">): Promise<MaintenanceRecord> {
	const record = await records.read(key);
	if (!record) throw new RecordConflict(`cannot find the record of maintenance ${executionName(key)}`);
	return record;
}

/** As `readRecord`, without what looks show: enough to see whether a step may still act. */
export async function readFence(key: MaintenanceKey, { records }: Pick<World, "records">): Promise<Fence> {
	const fence = await records.readFence(key);
	if (!fence) throw new RecordConflict(`cannot find the record of maintenance ${executionName(key)}`);
	return fence;
}

/** What writes a record and its history. */
type RecordWorld = Pick<World, "records" | "notices" | "clock">;

/** Creates a generation; false when it exists already. */
export async function createRecord(record: MaintenanceRecord, world: RecordWorld): Promise<boolean> {
	if (!(await world.records.create(record))) return false;
	await remember(undefined, record, world);
	return true;
}

/** Writes `next` over `was`; false when somebody has written in between. */
export async function replaceRecord(was: MaintenanceRecord, next: MaintenanceRecord, world: RecordWorld): Promise<boolean> {
	if (!(await world.records.replace(was, next))) return false;
	await remember(was, next, world);
	return true;
}

/** The history is for human readers: that it cannot be written must not fail a step that has done its work. */
async function remember(was: MaintenanceRecord | undefined, next: MaintenanceRecord, world: RecordWorld): Promise<void> {
	const { records, notices, clock } = world;
	const happenings = happeningsOf(was, next).map((what) => ({ at: clock.now(), what }));
	if (happenings.length === 0) return;
	try {
		await records.remember(next, happenings);
	} catch (fault) {
		notices.say({ event: "history not written", maintenance: executionName(next), why: String(fault) });
	}
}

/**
 * Applies `change` to the record as it is now, again and again until nobody wrote in between, and answers what is stored.
 *
 * `change` answers the very record it was given when there is nothing to write, and undefined when what it came for no
 * longer holds; then nothing is written and the answer is undefined too.
 */
export async function changeRecord(
	key: MaintenanceKey,
	world: RecordWorld,
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
	world: RecordWorld,
	change: (record: MaintenanceRecord) => MaintenanceRecord | undefined,
): Promise<MaintenanceRecord | undefined> {
	let was = known;
	for (let tries = 0; tries < TRIES; tries++) {
		const next = change(was);
		if (next === undefined || next === was) return next;
		if (await replaceRecord(was, next, world)) return { ...next, version: was.version + 1 };
		was = await readRecord(known, world);
	}
	throw new RecordConflict(`cannot write maintenance ${executionName(known)}: it changed under ${TRIES} tries`);
}
