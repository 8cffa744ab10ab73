import { ChangeMessageVisibilityCommand, DeleteMessageCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SimulationClock } from "../clock/simulation-clock.ts";
import { failedMessages } from "./batch-answer.ts";
import type { SqsEvent, SqsRecord } from "./lambda-event.ts";
import type { QueueName, Queues } from "./queues.ts";

type MappingOptions = {
	readonly clock: SimulationClock;
	readonly queues: Queues;
	readonly queue: QueueName;
	/** The function: called in a thread of its own, with what Lambda would give it. What it throws fails the whole batch. */
	readonly invoke: (event: SqsEvent) => Promise<unknown>;
	readonly delivery: Delivery;
	/** Seconds that the function may run. One that takes longer has failed, whatever it does from then on. */
	readonly timeoutSeconds: number;
};

export type Delivery = {
	/** How many messages the function gets at most in one invocation. */
	readonly batchSize: number;
	/** The queue's visibility time-out: seconds from a receive to the next one when the message failed. */
	readonly visibilitySeconds: number;
};

export type EventSourceMapping = {
	/** An invocation under way is left to itself. Rejects with what broke the mapping, if something did. */
	stop(): Promise<void>;
};

const recordOf = (message: Message, eventSourceARN: string, awsRegion: string): SqsRecord => {
	const { ApproximateReceiveCount = "1", SentTimestamp = "", SenderId = "" } = message.Attributes ?? {};
	const { ApproximateFirstReceiveTimestamp = "" } = message.Attributes ?? {};
	return {
		messageId: message.MessageId ?? "",
		receiptHandle: message.ReceiptHandle ?? "",
		body: message.Body ?? "",
		attributes: { ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp },
		messageAttributes: {},
		md5OfBody: message.MD5OfBody ?? "",
		eventSource: "aws:sqs",
		eventSourceARN,
		awsRegion,
	};
};

/**
 * Lambda's event source mapping with ReportBatchItemFailures, one invocation at a time: what succeeded is
 * deleted, what failed is received again when its visibility time-out has passed on the clock, until the queue's redrive
 * policy moves it. It asks the queue only when something may be in it.
 */
export function startEventSourceMapping(options: MappingOptions): EventSourceMapping {
	const { clock, queues, queue, invoke, timeoutSeconds } = options;
	const { batchSize, visibilitySeconds } = options.delivery;
	const QueueUrl = queues.url(queue);
	const retries = new Set<() => void>();
	let stopped = false;
	let invoking = false;

	const receive = async (): Promise<readonly SqsRecord[]> => {
		const request = { QueueUrl, MaxNumberOfMessages: batchSize, WaitTimeSeconds: 0 };
		const command = new ReceiveMessageCommand({ ...request, MessageSystemAttributeNames: ["All"] });
		const { Messages = [] } = await queues.sqs.send(command);
		return Messages.map((message) => recordOf(message, queues.arn(queue), queues.region));
	};

	const showAgain = ({ receiptHandle }: SqsRecord) =>
		clock.thread(async () => {
			const request = { QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 };
			await queues.sqs.send(new ChangeMessageVisibilityCommand(request));
		});

	const retryLater = (record: SqsRecord, receivedAt: number): void => {
		const cancel = clock.at(Math.max(0, receivedAt + visibilitySeconds * 1000 - clock.now()), () => {
			retries.delete(cancel);
			showAgain(record).catch(broken.reject);
		});
		retries.add(cancel);
	};

	const failuresOf = async (Records: readonly SqsRecord[]): Promise<readonly string[]> => {
		const messageIds = Records.map(({ messageId }) => messageId);
		invoking = true;
		try {
			const invocation = clock.thread(() => invoke({ Records: [...Records] })).then((answer) => ({ answer }));
			const ended = await clock.within(invocation, timeoutSeconds * 1000);
			return ended ? failedMessages(ended.answer, messageIds) : messageIds;
		} catch {
			return messageIds;
		} finally {
			invoking = false;
		}
	};

	const work = async (records: readonly SqsRecord[], receivedAt: number): Promise<void> => {
		const failed = await failuresOf(records);
		if (stopped) return;
		for (const record of records) {
			if (failed.includes(record.messageId)) retryLater(record, receivedAt);
			else await queues.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: record.receiptHandle }));
		}
	};

	const poll = async (): Promise<void> => {
		while (!stopped) {
			const arrival = queues.arrival(queue);
			const records = await receive();
			if (records.length > 0) await work(records, clock.now());
			else if (!stopped) await clock.rest(arrival);
		}
	};

	const broken = Promise.withResolvers<never>();
	const polling = clock.thread(poll);
	polling.catch(broken.reject);
	broken.promise.catch(() => {});

	return {
		async stop() {
			stopped = true;
			for (const cancel of retries) cancel();
			queues.nudge(queue);
			// Where time stands still, an invocation never ends.
			await Promise.race(invoking ? [broken.promise, Promise.resolve()] : [broken.promise, polling]);
		},
	};
}
