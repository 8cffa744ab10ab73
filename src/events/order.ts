import * as z from "zod";
import { clusterName, type Fields, instanceId, instant, isFields, line, nodeName, vmName, withoutUndefined } from "./fields.ts";
import { malformed, type OrderReading, type Reading, unsupported } from "./reading.ts";
import { complaintsOf, quote, quoteNames } from "./wording.ts";

/**
 * The drain order, version 1: our own format, for people and their pipelines. Its page is docs/messages.md.
 * Ids that begin like ours are refused: an order must not pass for the event that AWS will send.
 */
export const drainOrderSchema = z.object({
	kind: z.literal("drain"),
	version: z.literal(1),
	requestId: z
		.string({ error: "text" })
		.regex(/^(?!asg:|order:)[!-~]{1,128}$/, { error: "1 to 128 visible ASCII characters that do not begin with asg: or order:" })
		.optional(),
	instanceId: instanceId.optional(),
	nodeName: nodeName.optional(),
	cluster: clusterName.optional(),
	intent: z.literal("drain-then-release", { error: "drain-then-release" }).optional(),
	reason: line(500),
	requestedBy: line(200).optional(),
	deadline: instant.optional(),
	mayEnd: z
		.array(vmName, { error: "a list of VMs, each as namespace/name" })
		.max(500, { error: "a list of at most 500 VMs" })
		.optional(),
	issuedAt: instant.optional(),
	notAfter: instant.optional(),
});

const known = Object.keys(drainOrderSchema.shape);
/** Fields of the format that this version does not act on. Passing over one would do other than was ordered. */
const notYet = ["selector", "options", "source", "scheduleArn", "scheduledTime", "attempt"];
const kindsNotYet = ["cancel", "release"];

/** Whether this is meant for us: every order names its kind and its version. */
export const isOrder = (fields: Fields): boolean => Object.hasOwn(fields, "kind") || Object.hasOwn(fields, "version");

/** Reads an order. Without a `requestId` of its own it is known by the message's. */
export function readOrder(order: Fields, messageId: string): Reading {
	const refused = notOurs(order) ?? notDone(order);
	if (refused) return refused;
	const read = drainOrderSchema.safeParse(order);
	if (!read.success) return malformed(complaintsOf(read.error, order));
	const target = targetOf(read.data);
	if (typeof target === "string") return malformed(target);
	const { issuedAt, notAfter } = read.data;
	if (issuedAt !== undefined && notAfter !== undefined && notAfter <= issuedAt) {
		return malformed(`notAfter is ${quote(order.notAfter)}, not later than issuedAt ${quote(order.issuedAt)}`);
	}
	return drainOrder(read.data, target, messageId);
}

function notOurs({ kind, version }: Fields): Reading | undefined {
	const kinds = ["drain", ...kindsNotYet];
	if (kind === undefined) return malformed(`kind is missing: it must be one of ${kinds.join(", ")}`);
	if (typeof kind !== "string" || !kinds.includes(kind))
		return malformed(`kind is ${quote(kind)}, not one of ${kinds.join(", ")}`);
	if (version === undefined) return malformed("version is missing: it must be the number 1");
	if (version !== 1) return malformed(`version is ${quote(version)}, not the number 1`);
	return undefined;
}

function notDone(order: Fields): Reading | undefined {
	const { kind, intent } = order;
	if (kind !== "drain") return unsupported(`this version does not act on orders of the kind ${kind}`);
	const unknown = Object.keys(order).filter((name) => !known.includes(name) && !notYet.includes(name));
	if (unknown.length > 0) return malformed(`unknown fields ${quoteNames(unknown)}: an order has ${known.join(", ")}`);
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

/** A sentence when the order does not name exactly one node. */
function targetOf({ instanceId, nodeName, cluster }: z.output<typeof drainOrderSchema>): OrderReading["target"] | string {
	if (instanceId !== undefined && (nodeName !== undefined || cluster !== undefined)) {
		return "instanceId stands beside nodeName or cluster: name the instance, or the node with its cluster, not both";
	}
	if (instanceId !== undefined) return { instanceId };
	if (nodeName !== undefined && cluster !== undefined) return { nodeName, cluster };
	if (nodeName !== undefined) return "cluster is missing: a node's name counts only within its cluster";
	if (cluster !== undefined) return "nodeName is missing: this version drains one node at a time, not a cluster";
	return "instanceId is missing: an order names an instanceId, or a nodeName with its cluster";
}

function drainOrder(order: z.output<typeof drainOrderSchema>, target: OrderReading["target"], messageId: string): OrderReading {
	return withoutUndefined({
		kind: "drain order",
		requestId: order.requestId ?? `order:${messageId}`,
		target,
		reason: order.reason,
		requestedBy: order.requestedBy,
		deadline: order.deadline,
		mayEnd: [...new Set(order.mayEnd)],
		issuedAt: order.issuedAt,
		notAfter: order.notAfter,
	} as const);
}
