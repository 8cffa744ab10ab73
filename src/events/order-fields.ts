import * as z from "zod";
import { clusterName, type Fields, instanceId, instant, line, nodeName } from "./fields.ts";
import type { OrderTarget } from "./reading.ts";
import { quote } from "./wording.ts";

/**
 * What every order has: our own format, version 1, for people and their pipelines. Its page is docs/messages.md.
 * Ids that begin like ours are refused: an order must not pass for the event that AWS will send.
 */
export const orderFields = {
	version: z.literal(1),
	requestId: z
		.string({ error: "text" })
		.regex(/^(?!asg:|order:|sweep:)[!-~]{1,128}$/, {
			error: "1 to 128 visible ASCII characters that do not begin with asg:, order: or sweep:",
		})
		.optional(),
	instanceId: instanceId.optional(),
	nodeName: nodeName.optional(),
	cluster: clusterName.optional(),
	reason: line(500),
	requestedBy: line(200).optional(),
	issuedAt: instant.optional(),
	notAfter: instant.optional(),
};

type Read = {
	readonly instanceId?: string | undefined;
	readonly nodeName?: string | undefined;
	readonly cluster?: string | undefined;
	readonly issuedAt?: number | undefined;
	readonly notAfter?: number | undefined;
};

/** The one node that a well-formed order is about, or what is wrong with it as a whole. `order`: as it was written. */
export function aimOf(read: Read, order: Fields): { readonly target: OrderTarget } | { readonly wrong: string } {
	const target = targetOf(read);
	if (typeof target === "string") return { wrong: target };
	const { issuedAt, notAfter } = read;
	if (issuedAt !== undefined && notAfter !== undefined && notAfter <= issuedAt) {
		return { wrong: `notAfter is ${quote(order.notAfter)}, not later than issuedAt ${quote(order.issuedAt)}` };
	}
	return { target };
}

/** A sentence when the order does not name exactly one node. */
function targetOf({ instanceId, nodeName, cluster }: Read): OrderTarget | string {
	if (instanceId !== undefined && (nodeName !== undefined || cluster !== undefined)) {
		return "instanceId stands beside nodeName or cluster: name the instance, or the node with its cluster, not both";
	}
	if (instanceId !== undefined) return { instanceId };
	if (nodeName !== undefined && cluster !== undefined) return { nodeName, cluster };
	if (nodeName !== undefined) return "cluster is missing: a node's name counts only within its cluster";
	if (cluster !== undefined) return "nodeName is missing: this version drains one node at a time, not a cluster";
	return "instanceId is missing: an order names an instanceId, or a nodeName with its cluster";
}
