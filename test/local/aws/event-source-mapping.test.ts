import { createHash } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { type EventSourceMapping, startEventSourceMapping } from "../../../src/local/queues/event-source-mapping.ts";
import { createMemorySqs } from "../../../src/local/queues/memory-sqs.ts";
import { type Queues, startQueues } from "../../../src/local/queues/queues.ts";
import { startSqsServer } from "../../../src/local/queues/sqs-server.ts";

jest.setTimeout(60_000);

type Delivery = [seconds: number, bodies: string[], receives: string[]];

let open: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of open.reverse()) await close();
	open = [];
});

type Ground = {
	readonly clock: VirtualClock;
	readonly queues: Queues;
	readonly deliveries: Delivery[];
	readonly mapping: EventSourceMapping;
};

describe.each([
	{ where: "the emulator on loopback", server: startSqsServer },
	{ where: "the function in this process", server: createMemorySqs },
])("on $where,", ({ server }) => {
	const start = async (answer: (event: SQSEvent, clock: VirtualClock) => unknown): Promise<Ground> => {
		const clock = new VirtualClock();
		const began = clock.now();
		const queues = await startQueues({ clock, region: "eu-west-1", maxReceiveCount: 5, server });
		const deliveries: Delivery[] = [];
		const invoke = async (event: SQSEvent) => {
			const receives = event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
			deliveries.push([(clock.now() - began) / 1000, event.Records.map(({ body }) => body), receives]);
			return answer(event, clock);
		};
		const mapping = startEventSourceMapping({
			clock,
			queues,
			queue: "events",
			invoke,
			delivery: { batchSize: 10, visibilitySeconds: 180 },
			timeoutSeconds: 60,
		});
		open.push(
			() => queues.stop(),
			() => mapping.stop(),
		);
		return { clock, queues, deliveries, mapping };
	};

	const failing = (event: SQSEvent, ...bodies: string[]) => ({
		batchItemFailures: event.Records.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => ({
			itemIdentifier: messageId,
		})),
	});

	describe("the event source mapping", () => {
		it("gives the function what Lambda would, and deletes what succeeded", async () => {
			let seen: SQSEvent | undefined;
			const { clock, queues } = await start((event) => {
				seen = event;
			});
			const id = await clock.run(async () => {
				await clock.sleep(5_000);
				const sent = await queues.send("events", '{"a":1}');
				await clock.sleep(1_000);
				return sent;
			});
			expect(seen).toEqual({
				Records: [
					{
						messageId: id,
						receiptHandle: expect.stringMatching(/./),
						body: '{"a":1}',
						attributes: {
							ApproximateReceiveCount: "1",
							SentTimestamp: String(Date.UTC(2026, 0, 1, 0, 0, 5)),
							SenderId: "000000000000",
							ApproximateFirstReceiveTimestamp: String(Date.UTC(2026, 0, 1, 0, 0, 5)),
						},
						messageAttributes: {},
						md5OfBody: createHash("md5").update('{"a":1}').digest("hex"),
						eventSource: "aws:sqs",
						eventSourceARN: "arn:aws:sqs:eu-west-1:000000000000:events",
						awsRegion: "eu-west-1",
					},
				],
			});
			expect(await queues.inspect("events")).toEqual({ ready: [], inFlight: [] });
		});

		it("takes at most as many messages at a time as its batch size says, those that came while it was busy in one batch", async () => {
			const { clock, queues, deliveries } = await start(async (_event, time) => {
				await time.sleep(20_000);
				return { batchItemFailures: [] };
			});
			await clock.run(async () => {
				for (let number = 0; number < 13; number++) {
					await queues.send("events", String(number));
					await clock.sleep(1_000);
				}
				await clock.sleep(60_000);
			});
			const twelve = Array.from({ length: 12 }, (_, index) => String(index + 1));
			expect(deliveries.map(([at, bodies]) => [at, bodies])).toEqual([
				[0, ["0"]],
				[20, twelve.slice(0, 10)],
				[40, twelve.slice(10)],
			]);
		});

		it("repeats only what failed, and a poisonous message as often as the queue says; then it is a dead letter", async () => {
			const { clock, queues, deliveries } = await start((event) => failing(event, "poison"));
			await clock.run(async () => {
				await queues.send("events", "poison");
				await clock.sleep(100_000);
				await queues.send("events", "good");
				await clock.sleep(3_600_000);
			});
			expect(deliveries).toEqual([
				[0, ["poison"], ["1"]],
				[100, ["good"], ["1"]],
				[180, ["poison"], ["2"]],
				[360, ["poison"], ["3"]],
				[540, ["poison"], ["4"]],
				[720, ["poison"], ["5"]],
			]);
			expect((await queues.inspect("events-dead")).ready).toEqual([{ body: "poison", attributes: {} }]);
			expect(await queues.inspect("events")).toEqual({ ready: [], inFlight: [] });
		});

		it.each<[string, (event: SQSEvent) => unknown, boolean]>([
			["nothing", () => undefined, false],
			["null", () => null, false],
			["an empty object", () => ({}), false],
			["an empty list", () => ({ batchItemFailures: [] }), false],
			["a null list", () => ({ batchItemFailures: null }), false],
			["an unknown identifier", () => ({ batchItemFailures: [{ itemIdentifier: "x" }] }), true],
			["an empty identifier", () => ({ batchItemFailures: [{ itemIdentifier: "" }] }), true],
			["a wrong key", ({ Records: [record] }) => ({ batchItemFailures: [{ id: record?.messageId }] }), true],
			["a text", () => "done", true],
			["an exception", () => Promise.reject(new Error("no")), true],
		])("takes %s for what Lambda takes it", async (_what, answer, failed) => {
			const { clock, queues, deliveries } = await start((event) => answer(event));
			await clock.run(async () => {
				await queues.send("events", "m");
				await clock.sleep(200_000);
			});
			expect(deliveries.map(([at]) => at)).toEqual(failed ? [0, 180] : [0]);
		});

		it("counts the visibility time-out from the receive, not from the failure", async () => {
			const { clock, queues, deliveries } = await start(async (_event, time) => {
				await time.sleep(30_000);
				throw new Error("timed out");
			});
			await clock.run(async () => {
				await queues.send("events", "m");
				await clock.sleep(200_000);
			});
			expect(deliveries.map(([at]) => at)).toEqual([0, 180]);
		});

		it("takes a function for failed that runs longer than it may, and calls it again", async () => {
			let calls = 0;
			const { clock, queues, deliveries } = await start(async (_event, time) => {
				calls += 1;
				await time.sleep(calls === 1 ? 500_000 : 1_000);
			});
			await clock.run(async () => {
				await queues.send("events", "slow");
				await clock.sleep(600_000);
			});
			expect(deliveries).toEqual([
				[0, ["slow"], ["1"]],
				[180, ["slow"], ["2"]],
			]);
			expect(await queues.inspect("events")).toEqual({ ready: [], inFlight: [] });
		});

		it("hears of messages that other clients send, and does the same every time", async () => {
			const trace = async () => {
				const ids: string[] = [];
				const { clock, queues, deliveries } = await start((event) => {
					ids.push(...event.Records.map(({ messageId }) => messageId));
					return failing(event, "2", "5");
				});
				await clock.run(async () => {
					for (let number = 0; number < 8; number++) {
						await queues.sqs.send(new SendMessageCommand({ QueueUrl: queues.url("events"), MessageBody: String(number) }));
						await clock.sleep(7_000);
					}
					await clock.sleep(1_000_000);
				});
				return JSON.stringify([deliveries, ids]);
			};
			const traces = new Set<string>();
			for (let run = 0; run < 10; run++) traces.add(await trace());
			expect(traces.size).toBe(1);
		});

		it("refuses a delay, which it could not keep on the clock", async () => {
			const { queues } = await start(() => undefined);
			const delayed = new SendMessageCommand({ QueueUrl: queues.url("events"), MessageBody: "m", DelaySeconds: 5 });
			await expect(queues.sqs.send(delayed)).rejects.toThrow("The embedded queues do not delay messages: leave DelaySeconds out");
		});
	});
});
