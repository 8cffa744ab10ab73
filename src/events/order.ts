import * as z from "zod";
import { type Fields, instant, isFields, vmName, withoutUndefined } from "./fields.ts";
import { aimOf, orderFields } from "./order-fields.ts";
import { type CancelReading, malformed, type OrderReading, type OrderTarget, type Reading, unsupported } from "./reading.ts";
import { complaintsOf, quote, quoteNames } from "./wording.ts";

const { version, requestId, instanceId, nodeName, cluster, reason, requestedBy, issuedAt, notAfter } = orderFields;

/** The drain order. */
const drainOrderSchema = z.object({
	kind: z.literal("drain"),
	version,
	requestId,
	instanceId,
	nodeName,
	cluster,
	intent: z.literal("drain-then-release", { error: "drain-then-release" }).optional(),
	reason,
	requestedBy,
	deadline: instant.optional(),
	mayEnd: z
		.array(vmName, { error: "a list of VMs, each as namespace/name" })
		.max(500, { error: "a list of at most 500 VMs" })
		.optional(),
	urgent: z.boolean({ error: "true or false" }).optional(),
	issuedAt,
	notAfter,
});

/** The order to take a drain back. */
const cancelOrderSchema = z.object({ kind: z.literal("cancel"), ...orderFields });

/** Fields of the format that this version does not act on. Passing over one would do other than was ordered. */
const notYet = ["selector", "options", "source", "scheduleArn", "scheduledTime", "attempt"];
const kinds = ["drain", "cancel", "release"];

/** Whether this is meant for us: every order names its kind and its version. */
export const isOrder = (fields: Fields): boolean => Object.hasOwn(fields, "kind") || Object.hasOwn(fields, "version");

/** Reads an order. Without a `requestId` of its own it is known by the message's. */
export function readOrder(order: Fields, messageId: string): Reading {
	const refused = notOurs(order);
	if (refused) return refused;
	switch (order.kind) {
		case "drain":
			return readDrain(order, messageId);
		case "cancel":
			return readCancel(order, messageId);
		default:
			return unsupported(`this version does not act on orders of the kind ${String(order.kind)}`);
	}
}

function notOurs({ kind, version }: Fields): Reading | undefined {
	if (kind === undefined) return malformed(`kind is missing: it must be one of ${kinds.join(", ")}`);
	if (typeof kind !== "string" || !kinds.includes(kind))
		return malformed(`kind is ${quote(kind)}, not one of ${kinds.join(", ")}`);
	if (version === undefined) return malformed("version is missing: it must be the number 1");
	if (version !== 1) return malformed(`version is ${quote(version)}, not the number 1`);
	return undefined;
}

function readDrain(order: Fields, messageId: string): Reading {
	const refused = notDone(order);
	if (refused) return refused;
	const read = drainOrderSchema.safeParse(order);
	if (!read.success) return malformed(complaintsOf(read.error, order));
	const aim = aimOf(read.data, order);
	return "wrong" in aim ? malformed(aim.wrong) : drainOrder(read.data, aim.target, messageId);
}

function readCancel(order: Fields, messageId: string): Reading {
	const unknown = unknownIn(order, Object.keys(cancelOrderSchema.shape), "an order to cancel");
	if (unknown) return unknown;
	const read = cancelOrderSchema.safeParse(order);
	if (!read.success) return malformed(complaintsOf(read.error, order));
	const aim = aimOf(read.data, order);
	return "wrong" in aim ? malformed(aim.wrong) : cancelOrder(read.data, aim.target, messageId);
}

function unknownIn(order: Fields, known: readonly string[], what: string): Reading | undefined {
	const unknown = Object.keys(order).filter((name) => !known.includes(name));
	return unknown.length > 0
		? malformed(`unknown fields ${quoteNames(unknown)}: ${what} has ${known.filter((name) => !notYet.includes(name)).join(", ")}`)
		: undefined;
}

function notDone(order: Fields): Reading | undefined {
	const { intent } = order;
	const unknown = unknownIn(order, [...Object.keys(drainOrderSchema.shape), ...notYet], "an order");
	if (unknown) return unknown;
	const asked = Object.keys(order)
		.filter((name) => notYet.includes(name))
		.flatMap((name) => namesWithin(name, order[name]));
	if (asked.length > 0) return unsupported(`this version does not act on ${quoteNames(asked)}: send the order without`);
	if (typeof intent === "string" && intent !== "drain-then-release") {
		return unsupported(`intent is ${quote(intent)}: this version only drains to release (drain-then-release, or no intent)`);
	}
	return undefined;
}

const namesWithin = (name: string, value: unknown): string[] =>
	isFields(value) && Object.keys(value).length > 0 ? Object.keys(value).map((within) => `${name}.${within}`) : [name];

function drainOrder(order: z.output<typeof drainOrderSchema>, target: OrderTarget, messageId: string): OrderReading {
	return withoutUndefined({
		kind: "drain order",
		requestId: order.requestId ?? `order:${messageId}`,
		target,
		reason: order.reason,
		requestedBy: order.requestedBy,
		deadline: order.deadline,
		mayEnd: [...new Set(order.mayEnd)],
		urgent: order.urgent,
		issuedAt: order.issuedAt,
		notAfter: order.notAfter,
	} as const);
}

function cancelOrder(order: z.output<typeof cancelOrderSchema>, target: OrderTarget, messageId: string): CancelReading {
	return withoutUndefined({
		kind: "cancel order",
		requestId: order.requestId ?? `order:${messageId}`,
		target,
		reason: order.reason,
		requestedBy: order.requestedBy,
		issuedAt: order.issuedAt,
		notAfter: order.notAfter,
	} as const);
}
