import { createHash } from "node:crypto";
import * as z from "zod";
import { steadyUuid } from "../aws/account.ts";
import { ApiError } from "../aws/api-error.ts";
import { jsonService } from "../aws/json-service.ts";
import { MemoryQueue } from "./memory-queue.ts";
import type { SqsServer, SqsServerOptions } from "./sqs-server.ts";

const attributes = z.record(z.string(), z.strictObject({ DataType: z.string(), StringValue: z.string() }));
const schemas = {
	CreateQueue: z.strictObject({ QueueName: z.string(), Attributes: z.record(z.string(), z.string()) }),
	DeleteQueue: z.strictObject({ QueueUrl: z.string() }),
	SendMessage: z.strictObject({
		QueueUrl: z.string(),
		MessageBody: z.string().min(1),
		MessageAttributes: attributes.default({}),
		DelaySeconds: z.literal(0, { error: "The embedded queues do not delay messages: leave DelaySeconds out" }).optional(),
	}),
	ReceiveMessage: z.strictObject({
		QueueUrl: z.string(),
		MaxNumberOfMessages: z.int().min(1).max(10),
		WaitTimeSeconds: z.literal(0),
		MessageSystemAttributeNames: z.tuple([z.literal("All")]),
	}),
	DeleteMessage: z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string() }),
	ChangeMessageVisibility: z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.literal(0) }),
};
const redrive = z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() });

type Operation = keyof typeof schemas;
type Asked<O extends Operation> = z.infer<(typeof schemas)[O]>;

/**
 * SQS as a function in this process, with as much of it as the queues of the deployment use; whatever else it is asked is
 * refused. A message that was received is not seen again before somebody says so: that is up to the mapping, on the clock.
 */
export function createMemorySqs({ clock, region, onArrival }: SqsServerOptions): SqsServer {
	const origin = `https://sqs.${region}.amazonaws.com`;
	const queues = new Map<string, MemoryQueue>();
	let sent = 0;

	const find = (queueUrl: string): [string, MemoryQueue] => {
		const name = queueUrl.slice(queueUrl.lastIndexOf("/") + 1);
		const queue = queues.get(name);
		if (queue) return [name, queue];
		throw new ApiError("QueueDoesNotExist", "The specified queue does not exist.");
	};
	const does: { readonly [O in Operation]: (asked: Asked<O>) => unknown } = {
		CreateQueue({ QueueName, Attributes }) {
			const policy = Attributes.RedrivePolicy && redrive.parse(JSON.parse(Attributes.RedrivePolicy));
			const [, dead] = policy ? find(policy.deadLetterTargetArn.replaceAll(":", "/")) : [];
			queues.set(QueueName, new MemoryQueue(dead && policy ? { dead, maxReceiveCount: policy.maxReceiveCount } : undefined));
			return { QueueUrl: `${origin}/000000000000/${QueueName}` };
		},
		DeleteQueue({ QueueUrl }) {
			const [name] = find(QueueUrl);
			queues.delete(name);
		},
		SendMessage({ QueueUrl, MessageBody, MessageAttributes }) {
			const [name, queue] = find(QueueUrl);
			const id = steadyUuid("message", sent++);
			const values = Object.entries(MessageAttributes).map(([key, { StringValue }]) => [key, StringValue] as const);
			queue.add({ id, body: MessageBody, attributes: Object.fromEntries(values), sentAt: clock.now() });
			onArrival(name);
			return { MessageId: id, MD5OfMessageBody: md5(MessageBody) };
		},
		ReceiveMessage({ QueueUrl, MaxNumberOfMessages }) {
			const [, queue] = find(QueueUrl);
			const Messages = queue.receive(MaxNumberOfMessages, clock.now()).map((message) => ({
				MessageId: message.id,
				ReceiptHandle: message.receipt,
				Body: message.body,
				MD5OfBody: md5(message.body),
				Attributes: {
					ApproximateReceiveCount: String(message.receives),
					SentTimestamp: String(message.sentAt),
					SenderId: "000000000000",
					ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
				},
			}));
			return Messages.length === 0 ? {} : { Messages };
		},
		DeleteMessage({ QueueUrl, ReceiptHandle }) {
			find(QueueUrl)[1].delete(ReceiptHandle);
		},
		ChangeMessageVisibility({ QueueUrl, ReceiptHandle }) {
			const [name, queue] = find(QueueUrl);
			queue.show(ReceiptHandle);
			onArrival(name);
		},
	};

	const service = jsonService("com.amazonaws.sqs", (operation, input) => {
		if (!(operation in schemas)) throw new ApiError("InvalidAction", `The embedded queues do not know ${operation}`);
		const schema: z.ZodType = schemas[operation as Operation];
		const parsed = schema.safeParse(input);
		if (!parsed.success) throw new ApiError("InvalidParameterValue", z.prettifyError(parsed.error));
		return (does[operation as Operation] as (asked: unknown) => unknown)(parsed.data);
	});
	return {
		origin,
		ground: { requestHandler: service },
		inspect: async (queue) => find(queue)[1].inspect(),
		stop: async () => {},
	};
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
