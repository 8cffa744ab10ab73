import { nextGeneration, withHandedOver } from "../domain/generations.ts";
import type { MaintenanceRecord } from "../domain/record.ts";
import type { World } from "../ports.ts";
import { changeRecord, createRecord } from "./maintenance-record.ts";

/**
 * Sees that an open maintenance has a running execution, and answers the record that has it.
 *
 * An execution that ended before its maintenance (what no Catch catches, an abort, a full history) is followed by the
 * next generation with the same tokens, so that no heartbeat lapses. Repeating it is harmless.
 */
export async function keepRunning(record: MaintenanceRecord, world: World): Promise<MaintenanceRecord> {
	if (record.state !== "handed over") {
		await world.workflow.start(record);
		if ((await world.workflow.state(record)) !== "ended") return record;
	}
	const closed = await handOver(record, world);
	if (!closed) return record;
	const next = nextGeneration(closed, world.clock.now());
	await createRecord(next, world);
	await world.workflow.start(next);
	return next;
}

/** The record as it was handed over; undefined when the execution had ended because the maintenance had. */
const handOver = (record: MaintenanceRecord, world: World) =>
	changeRecord(record, world, (now) => {
		if (now.state === "handed over") return now;
		return now.state === "open" || now.state === "releasing" ? withHandedOver(now, world.clock.now()) : undefined;
	});
