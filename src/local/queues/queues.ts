import { CreateQueueCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { createAwsClients, type Ground } from "../../adapters/aws/clients.ts";
import { createInProcessClients } from "../aws/in-process-clients.ts";
import type { SimulationClock } from "../clock/simulation-clock.ts";
import { Doorbell } from "./doorbell.ts";
import { type SqsServer, type SqsServerOptions, type StoredMessage, startSqsServer } from "./sqs-server.ts";

/** Each of the first two has a dead-letter queue of its own. */
const QUEUE_NAMES = ["events", "orders", "quarantine", "events-dead", "orders-dead"] as const;

export type QueueName = (typeof QUEUE_NAMES)[number];

type QueuesOptions = {
	readonly clock: SimulationClock;
	readonly region: string;
	/** How often a message is handed out before it is a dead letter. */
	readonly maxReceiveCount: number;
	/** The emulator on loopback, or a function in this process. Default: the emulator. */
	readonly server?: (options: SqsServerOptions) => SqsServer | Promise<SqsServer>;
};

export type Queues = {
	/** For clients of the SDK: any credentials, the region of `startQueues`. */
	readonly ground: Ground;
	readonly region: string;
	readonly sqs: SQSClient;
	url(queue: QueueName): string;
	arn(queue: QueueName): string;
	/** Answers the message's id. */
	send(queue: QueueName, body: string): Promise<string>;
	/** What is in a queue, received or not, without touching it. */
	inspect(queue: QueueName): Promise<{ readonly ready: readonly StoredMessage[]; readonly inFlight: readonly StoredMessage[] }>;
	/** Resolves when the next message becomes visible in the queue. Ask before looking into it. */
	arrival(queue: QueueName): Promise<void>;
	/** Wakes whoever waits for an arrival, without one. */
	nudge(queue: QueueName): void;
	stop(): Promise<void>;
};

/** The emulator's account; it has no other. */
const ACCOUNT = "000000000000";

/** Far longer than any run: when a message is seen again is up to the mapping, on the clock. */
const VISIBILITY_SECONDS = 43_200;

/** The queues of the deployment. Message ids and time stamps are steady: they come from the clock. */
export async function startQueues(options: QueuesOptions): Promise<Queues> {
	const { clock, region, maxReceiveCount, server: begin = startSqsServer } = options;
	const bells = new Map(QUEUE_NAMES.map((name) => [name as string, new Doorbell()]));
	const server = await begin({ clock, region, onArrival: (queue) => bells.get(queue)?.ring() });
	const { ground, origin } = server;
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const create = "endpoint" in ground ? createAwsClients : createInProcessClients;
	const { sqs } = create({ region, credentials, grounds: { sqs: ground } });

	const url = (queue: QueueName) => `${origin}/${ACCOUNT}/${queue}`;
	const arn = (queue: QueueName) => `arn:aws:sqs:${region}:${ACCOUNT}:${queue}`;
	const redrive = (deadLetters: QueueName) => ({
		RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(deadLetters), maxReceiveCount }),
	});
	const add = async (queue: QueueName, attributes: Record<string, string> = {}) => {
		const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS), ...attributes };
		await sqs.send(new CreateQueueCommand({ QueueName: queue, Attributes }));
	};
	await add("quarantine");
	await add("events-dead");
	await add("orders-dead");
	await add("events", redrive("events-dead"));
	await add("orders", redrive("orders-dead"));

	const bell = (queue: QueueName): Doorbell => {
		const found = bells.get(queue);
		if (!found) throw new Error(`cannot find the queue ${queue}: choose one of ${QUEUE_NAMES.join(", ")}`);
		return found;
	};

	return {
		ground,
		region,
		sqs,
		url,
		arn,
		async send(queue, body) {
			const { MessageId = "" } = await sqs.send(new SendMessageCommand({ QueueUrl: url(queue), MessageBody: body }));
			return MessageId;
		},
		inspect: (queue) => server.inspect(queue),
		arrival: (queue) => bell(queue).next(),
		nudge: (queue) => bell(queue).ring(),
		async stop() {
			sqs.destroy();
			await server.stop();
		},
	};
}
