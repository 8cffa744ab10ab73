import { isEnded } from "../domain/generations.ts";
import { executionName } from "../domain/record.ts";
import type { ExecutionEndReading } from "../events/reading.ts";
import type { World } from "../ports.ts";
import type { QueueMessage } from "./queue-message.ts";
import type { Receipt } from "./receipt.ts";
import { keepRunning } from "./running-maintenance.ts";

/** How often an execution is asked about that Step Functions says has ended and still describes as running. */
const PATIENCE = 4;

/**
 * An execution ended. When its maintenance had not, the next generation takes over.
 *
 * DescribeExecution may lag behind the event: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export async function acceptExecutionEnd(
	{ instanceId, generation, status }: ExecutionEndReading,
	{ receiveCount }: Pick<QueueMessage, "receiveCount">,
	world: World,
): Promise<Receipt> {
	const name = executionName({ instanceId, generation });
	const latest = await world.records.latest(instanceId);
	if (!latest || latest.generation < generation) return { outcome: "stale", why: `maintenance ${name} has no record` };
	if (isEnded(latest)) return { outcome: "ignored", why: `maintenance ${name} had ended: ${latest.state}` };
	const running = await keepRunning(latest, world);
	if (running.generation === generation) {
		if (receiveCount < PATIENCE) return { outcome: "retry", why: `the execution of ${name} ended ${status}, and still runs` };
		return { outcome: "stale", why: `the execution of ${name} runs` };
	}
	return { outcome: "accepted", why: `execution ${name} ended ${status}; maintenance ${executionName(running)} goes on` };
}
