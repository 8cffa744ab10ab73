import { readMessage } from "../events/read-message.ts";
import type { Reading } from "../events/reading.ts";
import type { World } from "../ports.ts";
import { acceptCancel } from "./accept-cancel.ts";
import { acceptExecutionEnd } from "./accept-execution-end.ts";
import { acceptLifecycleAction } from "./accept-lifecycle-action.ts";
import { acceptOrder } from "./accept-order.ts";
import type { QueueMessage } from "./queue-message.ts";
import type { Receipt } from "./receipt.ts";

/** Nobody else acts on these: a hook of ours lapses, an order is not obeyed, unless a human sees it. */
const keptOutcomes: ReadonlySet<Receipt["outcome"]> = new Set(["malformed", "unsupported", "foreign", "refused"]);

/**
 * Reads one message and does what it asks for: opens a maintenance, merges into the open one, or says why not.
 *
 * A message that nobody can act on is kept in quarantine with the reason; every message leaves one log line. Throws when
 * AWS, the cluster or the record store does not answer: the queue then delivers the message again.
 */
export async function receiveMessage(message: QueueMessage, world: World, hookNames: readonly string[]): Promise<Receipt> {
	const reading = readMessage(message);
	const receipt = await accept(reading, message, world, hookNames);
	const { outcome, why } = receipt;
	if (keptOutcomes.has(outcome)) await world.notices.quarantine({ body: message.body, source: message.queue }, why);
	world.notices.say({ event: "message", outcome, why, queue: message.queue, messageId: message.messageId, kind: reading.kind });
	return receipt;
}

function accept(reading: Reading, message: QueueMessage, world: World, hookNames: readonly string[]): Promise<Receipt> | Receipt {
	switch (reading.kind) {
		case "lifecycle":
			return acceptLifecycleAction(reading, message, world, hookNames);
		case "drain order":
			return acceptOrder(reading, message, world);
		case "cancel order":
			return acceptCancel(reading, message, world);
		case "execution ended":
			return acceptExecutionEnd(reading, message, world);
		case "test notification":
			return { outcome: "ignored", why: `Auto Scaling tests whether group ${reading.group} reaches this queue: it does` };
		case "ignored":
			return { outcome: "ignored", why: reading.why };
		case "unsupported":
			return { outcome: "unsupported", why: reading.why };
		case "malformed":
			return { outcome: "malformed", why: reading.why };
	}
}
