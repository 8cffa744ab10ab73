import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { receiveMessage } from "../src/app/receive-message.ts";
import { ENDED_BY_LAMBDA } from "./ended-by-lambda.ts";
import { currentGround } from "./world.ts";

/** One message of either queue. What cannot be decided now goes back to the queue; everything else is acknowledged. */
async function receive(record: SQSRecord): Promise<boolean> {
	const { world, environment } = currentGround();
	const message = {
		body: record.body,
		messageId: record.messageId,
		queue: record.eventSourceARN === environment.EVACUATOR_ORDERS_QUEUE_ARN ? ("orders" as const) : ("events" as const),
		receiveCount: Number(record.attributes.ApproximateReceiveCount),
		sentAt: Number(record.attributes.SentTimestamp),
	};
	try {
		const { outcome } = await receiveMessage(message, world, environment.EVACUATOR_HOOKS);
		return outcome !== "retry";
	} catch (fault) {
		const { name, message: says } = fault instanceof Error ? fault : new Error(String(fault));
		world.notices.say({ event: "message", outcome: "retry", messageId: record.messageId, error: name, why: says });
		return false;
	}
}

/** Messages are independent: one that fails never takes another with it. */
export const handler = middy<SQSEvent, SQSBatchResponse>(ENDED_BY_LAMBDA).handler(async ({ Records }) => {
	const batchItemFailures: { itemIdentifier: string }[] = [];
	for (const record of Records) if (!(await receive(record))) batchItemFailures.push({ itemIdentifier: record.messageId });
	return { batchItemFailures };
});
