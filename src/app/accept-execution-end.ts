import { isEnded } from "../domain/generations.ts";
import { executionName } from "../domain/record.ts";
import type { ExecutionEndReading } from "../events/reading.ts";
import type { World } from "../ports.ts";
import type { Receipt } from "./receipt.ts";
import { keepRunning } from "./running-maintenance.ts";

/** An execution ended. When its maintenance had not, the next generation takes over. */
export async function acceptExecutionEnd(
	{ instanceId, generation, status }: ExecutionEndReading,
	world: World,
): Promise<Receipt> {
	const name = executionName({ instanceId, generation });
	const latest = await world.records.latest(instanceId);
	if (!latest || latest.generation < generation) return { outcome: "stale", why: `maintenance ${name} has no record` };
	if (isEnded(latest)) return { outcome: "ignored", why: `maintenance ${name} had ended: ${latest.state}` };
	const running = await keepRunning(latest, world);
	if (running.generation === generation) return { outcome: "stale", why: `the execution of ${name} runs` };
	return { outcome: "accepted", why: `execution ${name} ended ${status}; maintenance ${executionName(running)} goes on` };
}
