import type { OrderReading } from "../events/reading.ts";
import type { World } from "../ports.ts";
import { openMaintenance } from "./open-maintenance.ts";
import { expiredBy, issuedAtOf, placeOf } from "./order-target.ts";
import type { QueueMessage } from "./queue-message.ts";
import type { Receipt } from "./receipt.ts";

/** An operator's order to drain. One that names what is not there is kept for the operator to see, not dropped. */
export async function acceptOrder(reading: OrderReading, message: QueueMessage, world: World): Promise<Receipt> {
	const expired = expiredBy(reading, world.clock.now());
	if (expired) return { outcome: "stale", why: expired };
	const place = await placeOf(reading.target, world);
	if (typeof place === "string") return { outcome: "malformed", why: place };
	const { requestId, reason, deadline, mayEnd, urgent } = reading;
	const issuedAt = issuedAtOf(reading, message);
	const asked = { requestId, issuedAt, source: "order" as const, ...place, reason, mayEnd };
	return openMaintenance({ ...asked, ...(deadline !== undefined && { deadline }), ...(urgent && { urgent }) }, world);
}
