import type { Evidence, Judge } from "./evidence.ts";

/** The greatest skew of a function's clock. */
const SKEW_MS = 300_000;

/** An order as it was sent, and one of its receipts. */
type Received = {
	readonly order: { readonly kind: string; readonly requestId: string; readonly issuedAt: string; readonly notAfter?: string };
	readonly outcome: string;
	/** When the function began that says so. Epoch milliseconds. */
	readonly begun: number;
};

const receivedOrders = ({ sent, says }: Evidence): readonly Received[] => {
	const bodies = new Map(sent.map(({ messageId, body }) => [messageId, body]));
	return says.flatMap(({ event, queue, messageId, outcome, begun }) => {
		const body = event === "message" && queue === "orders" ? bodies.get(String(messageId)) : undefined;
		return body === undefined ? [] : [{ order: JSON.parse(body) as Received["order"], outcome: String(outcome), begun }];
	});
};

/** What is cancelled stays so, what is too old is not begun, and nothing is begun twice, however late and often an order comes. */
export const ordersAreObeyed: Judge = (evidence) => {
	const received = receivedOrders(evidence);
	return received.flatMap(({ order, outcome, begun }, index) => {
		if (order.kind !== "drain" || outcome !== "accepted") return [];
		const before = received.slice(0, index);
		const calledOff = before.find(
			(other) =>
				other.order.kind === "cancel" &&
				["accepted", "duplicate"].includes(other.outcome) &&
				other.order.issuedAt >= order.issuedAt &&
				other.begun < begun,
		);
		const again = before.some((other) => other.order.requestId === order.requestId && other.outcome === "accepted");
		const isLate =
			order.notAfter !== undefined && begun > Date.parse(order.notAfter) + (evidence.fired.has("clock skew") ? SKEW_MS : 0);
		return [
			...(calledOff ? [`${order.requestId} was begun, and ${calledOff.order.requestId} had called it off`] : []),
			...(again ? [`${order.requestId} was begun twice`] : []),
			...(isLate ? [`${order.requestId} was begun after ${order.notAfter}`] : []),
		];
	});
};
