/** One message as a queue handed it out. */
export type QueueMessage = {
	readonly body: string;
	readonly messageId: string;
	readonly queue: "events" | "orders";
	/** How often the queue has handed it out, this time included. */
	readonly receiveCount: number;
	/** When it was put on the queue, by the queue's clock; epoch milliseconds. */
	readonly sentAt: number;
};
