import { buildApp } from "fauxqs";
import type { Ground } from "../../adapters/aws/clients.ts";
import type { SimulationClock } from "../clock/simulation-clock.ts";
import { MessageLedger, type ReceivedMessage } from "./message-ledger.ts";

export type SqsServer = {
	/** What the queues' URLs begin with. */
	readonly origin: string;
	/** Where clients of the SDK find it. */
	readonly ground: Ground;
	/** Everything that is in a queue, received or not, without touching it. */
	inspect(queue: string): Promise<{ readonly ready: readonly StoredMessage[]; readonly inFlight: readonly StoredMessage[] }>;
	stop(): Promise<void>;
};

export type StoredMessage = { readonly body: string; readonly attributes: Readonly<Record<string, string>> };

type SentAnswer = { MessageId?: string; Successful?: { MessageId: string }[]; Messages?: ReceivedMessage[] };
type Request = { readonly headers: Readonly<Record<string, unknown>>; readonly body: unknown };
type EmulatorMessage = { body: string; messageAttributes: Record<string, { StringValue?: string }> };
type Inspection = { messages: { ready: EmulatorMessage[]; inflight: { message: EmulatorMessage }[] } };

const RINGING: ReadonlySet<string> = new Set(["SendMessage", "SendMessageBatch", "ChangeMessageVisibility"]);

const actionOf = ({ headers }: Request): string => String(headers["x-amz-target"] ?? "").replace("AmazonSQS.", "");

const queueOf = ({ body }: Request): string => {
	const url = typeof body === "object" && body !== null && "QueueUrl" in body ? String(body.QueueUrl) : "";
	return url.slice(url.lastIndexOf("/") + 1);
};

/** The emulator counts a delay in real time; under a clock of ours that would be never, or at random. */
const asksForDelay = ({ body }: Request): boolean => /"DelaySeconds":[1-9]/.test(JSON.stringify(body ?? null));

const storedMessage = ({ body, messageAttributes }: EmulatorMessage): StoredMessage => ({
	body,
	attributes: Object.fromEntries(Object.entries(messageAttributes).map(([name, { StringValue = "" }]) => [name, StringValue])),
});

const withOurIds = (answer: SentAnswer, ledger: MessageLedger): SentAnswer => ({
	...answer,
	...(answer.MessageId !== undefined && { MessageId: ledger.sent(answer.MessageId) }),
	...(answer.Successful && {
		Successful: answer.Successful.map((entry) =>
			"MessageId" in entry ? { ...entry, MessageId: ledger.sent(entry.MessageId) } : entry,
		),
	}),
	...(answer.Messages && { Messages: answer.Messages.map((message) => ledger.received(message)) }),
});

export type SqsServerOptions = {
	readonly clock: SimulationClock;
	readonly region: string;
	/** Called with a queue's name when a message has become visible in it, before whoever brought that about is answered. */
	readonly onArrival: (queue: string) => void;
};

/** The SQS emulator on loopback. */
export async function startSqsServer(options: SqsServerOptions): Promise<SqsServer> {
	const app = buildApp({ logger: false, defaultRegion: options.region });
	const ledger = new MessageLedger(options.clock);

	app.addHook("preHandler", async (request, reply) => {
		if (!actionOf(request).startsWith("SendMessage") || !asksForDelay(request)) return;
		const message = "The embedded queues do not delay messages: leave DelaySeconds out";
		await reply.code(400).header("content-type", "application/x-amz-json-1.0").send({
			__type: "com.amazonaws.sqs#InvalidParameterValue",
			message,
		});
	});
	app.addHook("preSerialization", async (request, reply, payload) => {
		const action = actionOf(request);
		if (action === "" || reply.statusCode !== 200) return payload;
		const answer = typeof payload === "object" && payload !== null ? withOurIds(payload, ledger) : payload;
		if (RINGING.has(action)) options.onArrival(queueOf(request));
		return answer;
	});

	const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
	return {
		origin: endpoint,
		ground: { endpoint },
		async inspect(queue) {
			const answer = await app.inject({ method: "GET", url: `/_fauxqs/queues/${queue}` });
			if (answer.statusCode !== 200) throw new Error(`cannot inspect the queue ${queue}: it does not exist`);
			const { messages } = answer.json<Inspection>();
			return {
				ready: messages.ready.map(storedMessage),
				inFlight: messages.inflight.map(({ message }) => storedMessage(message)),
			};
		},
		stop: async () => app.close(),
	};
}
