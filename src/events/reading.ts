import { bounded } from "./wording.ts";

/** The two queues. AWS's messages arrive on `events`, those of people and their pipelines on `orders`. */
export type Queue = "events" | "orders";

/** What one message says. Instants are epoch milliseconds; every name has been checked and fits into a path or a log line. */
export type Reading =
	| LifecycleReading
	| { readonly kind: "test notification"; readonly group: string }
	| ExecutionEndReading
	| OrderReading
	| CancelReading
	/** Nothing to do, and nothing wrong. */
	| { readonly kind: "ignored"; readonly why: string }
	/** Understood, but this version does not act on it: for a human. */
	| { readonly kind: "unsupported"; readonly why: string }
	/** Not what anybody should send. `why` names the field and what is wrong with it; at most 500 printable characters. */
	| { readonly kind: "malformed"; readonly why: string };

/** A terminating instance waits for our answer to this hook. */
export type LifecycleReading = {
	readonly kind: "lifecycle";
	readonly requestId: string;
	readonly account?: string;
	readonly region?: string;
	readonly instanceId: string;
	readonly group: string;
	readonly hook: string;
	readonly token: string;
	readonly transition: "terminating";
	readonly destination?: string;
	readonly origin?: string;
	/** Whatever the hook's owner wrote there: the one text of a reading that is not checked. */
	readonly metadata?: string;
	/** When the instance began to wait; the hook's limit counts from here. */
	readonly eventTime: number;
	readonly via: "eventbridge" | "sqs";
};

/** The execution of this maintenance is over, however it ended. */
export type ExecutionEndReading = {
	readonly kind: "execution ended";
	readonly instanceId: string;
	readonly generation: number;
	readonly status: "FAILED" | "TIMED_OUT" | "ABORTED" | "SUCCEEDED";
};

/** The one node that an order is about. */
export type OrderTarget = { readonly instanceId: string } | { readonly nodeName: string; readonly cluster: string };

export type OrderReading = {
	readonly kind: "drain order";
	readonly requestId: string;
	readonly target: OrderTarget;
	readonly reason: string;
	readonly requestedBy?: string;
	readonly deadline?: number;
	/** `namespace/name` of the VMs that this order lets stop or be lost. */
	readonly mayEnd: readonly string[];
	/** The node is drained at once, however many others of its cluster are. */
	readonly urgent?: boolean;
	readonly issuedAt?: number;
	/** After this instant the order must not begin anything. */
	readonly notAfter?: number;
};

/** A drain is to be taken back. */
export type CancelReading = {
	readonly kind: "cancel order";
	readonly requestId: string;
	readonly target: OrderTarget;
	readonly reason: string;
	readonly requestedBy?: string;
	/** Drain orders issued until then drain nothing. */
	readonly issuedAt?: number;
	readonly notAfter?: number;
};

export const ignored = (why: string): Reading => ({ kind: "ignored", why: bounded(why) });
export const unsupported = (why: string): Reading => ({ kind: "unsupported", why: bounded(why) });
export const malformed = (why: string): Reading => ({ kind: "malformed", why: bounded(why) });
