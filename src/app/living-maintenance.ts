import { isEnded } from "../domain/generations.ts";
import { executionName, type Fence, type MaintenanceKey } from "../domain/record.ts";
import type { World } from "../ports.ts";

/** Milliseconds; longer than any way of a drain that goes on from one heartbeat of a function to the next. */
const SILENT_MS = 30 * 60_000;

/**
 * Whether this maintenance still drains or waits, in this generation or a later one: its record is open, and one of its
 * functions has written into it. A record that cannot be read says nothing, so that its maintenance counts as alive.
 */
export async function isAlive(key: MaintenanceKey, world: Pick<World, "records" | "clock" | "notices">): Promise<boolean> {
	try {
		const record = await latestFrom(key, world);
		return record !== undefined && !isEnded(record) && world.clock.now() - heardAt(record) < SILENT_MS;
	} catch (fault) {
		world.notices.say({ event: "record unread", maintenance: executionName(key), why: String(fault) });
		return true;
	}
}

async function latestFrom({ instanceId, generation }: MaintenanceKey, { records }: Pick<World, "records">) {
	let record = await records.readFence({ instanceId, generation });
	while (record?.state === "handed over") {
		const next = await records.readFence({ instanceId, generation: record.generation + 1 });
		if (!next) return record;
		record = next;
	}
	return record;
}

/** One whose heartbeats AWS refuses drains on. */
const heardAt = ({ openedAt, lastBeatAt, refusedBeats, closedAt = 0 }: Fence): number =>
	Math.max(openedAt, lastBeatAt, refusedBeats?.at ?? 0, closedAt);
