import { openEnvelope } from "./envelope.ts";
import { isEventBridgeEvent, readEventBridgeEvent } from "./eventbridge-event.ts";
import type { Fields } from "./fields.ts";
import { isNotification, readLifecycleNotification } from "./lifecycle-notification.ts";
import { isOrder, readOrder } from "./order.ts";
import { malformed, type Queue, type Reading } from "./reading.ts";
import { quoteNames } from "./wording.ts";

type Message = {
	readonly body: string;
	readonly queue: Queue;
	/** SQS's id of the message; the same at every redelivery. */
	readonly messageId: string;
};

/** SQS takes up to 1 MiB; nothing that we read comes near a quarter of it. */
const MOST_BYTES = 256 * 1024;

type Family = {
	readonly name: string;
	readonly queue: Queue;
	readonly is: (fields: Fields) => boolean;
	readonly read: (fields: Fields, messageId: string) => Reading;
};

/** The first that knows a message reads it: EventBridge's envelope has a `version` too. */
const families: readonly Family[] = [
	{ name: "an event of EventBridge", queue: "events", is: isEventBridgeEvent, read: readEventBridgeEvent },
	{ name: "a notification of Auto Scaling", queue: "events", is: isNotification, read: readLifecycleNotification },
	{ name: "an order", queue: "orders", is: isOrder, read: readOrder },
];

/** What one message says. Never throws, whatever the body is. */
export function readMessage({ body, queue, messageId }: Message): Reading {
	const bytes = Buffer.byteLength(body);
	if (bytes > MOST_BYTES) return malformed(`the message has ${bytes} bytes: more than ${MOST_BYTES} are not read`);
	const opened = openEnvelope(body);
	if ("refused" in opened) return opened.refused;
	const { fields } = opened;
	const family = families.find(({ is }) => is(fields));
	if (!family) return malformed(`the message is no event, no notification and no order: ${contentsOf(fields)}`);
	if (family.queue !== queue) {
		return malformed(`${family.name} came on the ${queue} queue: it is accepted on the ${family.queue} queue only`);
	}
	return family.read(fields, messageId);
}

const contentsOf = (fields: Fields) => {
	const names = Object.keys(fields);
	return names.length === 0 ? "it is empty" : `it has the fields ${quoteNames(names)}`;
};
