import { isEnded, withContinued } from "../domain/generations.ts";
import { isGone } from "../domain/instance.ts";
import { executionName, type MaintenanceKey, type MaintenanceRecord } from "../domain/record.ts";
import { withWoken } from "../domain/record-changes.ts";
import type { World } from "../ports.ts";
import { changeRecord } from "./maintenance-record.ts";
import { keepRunning } from "./running-maintenance.ts";
import type { SweepRun } from "./sweep-run.ts";

/** Sees that every maintenance that is not over has a running execution, and that none goes on without its instance. */
export function sweepOpenRecords(run: SweepRun, world: World): Promise<void> {
	return run.each(
		"open records",
		() => world.records.unfinished(),
		executionName,
		(key) => keepGoing(key, world),
	);
}

async function keepGoing(key: MaintenanceKey, world: World): Promise<string> {
	const record = await world.records.read(key);
	if (!record || isEnded(record)) return "over by now";
	if (record.state === "handed over") return follow(record, world);
	if ((await world.workflow.state(record)) !== "running") return resume(record, world);
	if (!isGone(await world.instances.describe(record.instanceId))) return "running";
	// Assess closes it and tells: it alone knows what was last seen on the instance. Hold would wait up to an hour.
	await changeRecord(record, world, withWoken);
	return "woken, for its instance is gone";
}

/** A generation that was handed over needs its successor, and is looked after no more once it has one. */
async function follow(record: MaintenanceRecord, world: World): Promise<string> {
	const latest = await world.records.latest(record.instanceId);
	if (latest && latest.generation > record.generation) {
		await changeRecord(record, world, (was) => withContinued(was, latest.generation));
		return "followed by another";
	}
	return resume(record, world);
}

async function resume(record: MaintenanceRecord, world: World): Promise<string> {
	const running = await keepRunning(record, world);
	const maintenance = executionName(running);
	world.notices.say({ event: "resumed", maintenance, why: `no execution of ${executionName(record)} ran` });
	return "resumed";
}
