import { GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createRecords } from "../../../src/adapters/aws/records.ts";
import type { MaintenanceRecord } from "../../../src/domain/record.ts";
import { AwsUnavailable, RecordConflict, RecordUnreadable } from "../../../src/faults.ts";
import { createMemoryRecordStore } from "../../../src/local/records/memory-record-store.ts";
import { type RecordStore, startRecordStore } from "../../../src/local/records/record-store.ts";
import type { Records } from "../../../src/ports.ts";

const hook = { group: "nodes", hook: "evacuator", token: "t-1", timeoutSeconds: 300, limitAt: 1_767_255_600_000 };

const recordOf = (instanceId: string, generation = 1): MaintenanceRecord => ({
	instanceId,
	generation,
	version: 1,
	cluster: "prod",
	state: "open",
	openedAt: 1_767_225_600_000,
	requests: ["asg:1"],
	reason: "scale-in: 'é\n\u0000",
	hooks: [hook],
	beatSeconds: 100,
	lastBeatAt: 0,
	orders: 0,
	mayEnd: [],
	vms: [
		{
			namespace: "a",
			name: "b",
			uid: "u",
			fate: { kind: "migrates", why: "", by: "kubevirt" },
			outcome: { kind: "migrated", to: "n" },
		},
	],
	urgent: true,
	vmNodes: { count: 12, leaving: ["i-2"], hasOurs: true },
	slot: { since: 1, place: 3, orders: 0, lookedAt: 2, paused: { leaving: 5, count: 12 } },
	refusals: { "pod-uid": { count: 2, nextAt: 3, why: "budget" } },
	trouble: [{ kind: "vm-blocks", about: "a/b", says: "no" }],
});

const stores = [
	{ where: "the emulator on loopback", start: startRecordStore },
	{ where: "the function in this process", start: async (options: { region: string }) => createMemoryRecordStore(options) },
];

describe.each(stores)("on $where,", ({ start }) => {
	let store: RecordStore;
	let records: Records;

	beforeAll(async () => {
		store = await start({ region: "eu-west-1" });
		records = createRecords(store, store.table);
	});
	afterAll(() => store.stop());

	const stored = async (instanceId: string) => {
		const Key = { instanceId: { S: instanceId }, generation: { N: "1" } };
		return (await store.dynamodb.send(new GetItemCommand({ TableName: store.table, Key }))).Item ?? {};
	};

	describe("a record store in trouble", () => {
		it("names a record that cannot be read, and its fields", async () => {
			const Item = { instanceId: { S: "i-10" }, generation: { N: "1" }, state: { S: "half-open" } };
			await store.dynamodb.send(new PutItemCommand({ TableName: store.table, Item }));
			const key = { instanceId: "i-10", generation: 1 };
			for (const read of [() => records.latest("i-10"), () => records.read(key), () => records.readFence(key)]) {
				const error = await read().catch((reason: unknown) => reason);
				expect(error).toBeInstanceOf(RecordUnreadable);
				expect(String(error)).toMatch(/cannot read the record i-10-1:.*at state.*at hooks/s);
			}
		});

		it("is unavailable when nothing answers, and refuses a table that does not exist", async () => {
			const lost = createRecords(store, "no-such-table");
			await expect(lost.latest("i-1")).rejects.toThrow(/^cannot read the latest record of i-1: ResourceNotFoundException/);
			const silent = createRecords(store, store.table);
			store.loseAnswers("PutItem", 3);
			await expect(silent.create(recordOf("i-11"))).rejects.toBeInstanceOf(AwsUnavailable);
		});
	});

	describe("records", () => {
		it("come back as they were written, and a generation is created once", async () => {
			expect(await records.create(recordOf("i-1"))).toBe(true);
			expect(await records.create({ ...recordOf("i-1"), reason: "another" })).toBe(false);
			expect(await records.read({ instanceId: "i-1", generation: 1 })).toEqual(recordOf("i-1"));
			expect(await records.read({ instanceId: "i-1", generation: 2 })).toBeUndefined();
		});

		it("of one instance are found by the highest generation, as a number", async () => {
			for (const generation of [9, 10, 2]) await records.create(recordOf("i-2", generation));
			expect((await records.latest("i-2"))?.generation).toBe(10);
			expect(await records.latest("i-none")).toBeUndefined();
		});

		it("are native attributes, as the definition's own states read them", async () => {
			await records.create(recordOf("i-3"));
			const { hooks, beatSeconds, orders, state, generation } = await stored("i-3");
			expect({ beatSeconds, orders, state, generation }).toEqual({
				beatSeconds: { N: "100" },
				orders: { N: "0" },
				state: { S: "open" },
				generation: { N: "1" },
			});
			expect(hooks?.L?.[0]?.M).toMatchObject({ group: { S: "nodes" }, hook: { S: "evacuator" }, token: { S: "t-1" } });
		});
	});

	describe("replacing a record", () => {
		it("raises its version, and drops what the next one has no more", async () => {
			const was = { ...recordOf("i-4"), deadline: 5 };
			await records.create(was);
			const { deadline: _, ...next } = was;
			expect(await records.replace(was, { ...next, orders: 1 })).toBe(true);
			expect(await records.read(was)).toEqual({ ...recordOf("i-4"), orders: 1, version: 2 });
		});

		it("fails when another has replaced it, or when it does not exist", async () => {
			const was = recordOf("i-5");
			await records.create(was);
			expect(await records.replace(was, { ...was, orders: 1 })).toBe(true);
			expect(await records.replace(was, { ...was, orders: 2 })).toBe(false);
			expect((await records.read(was))?.orders).toBe(1);
			expect(await records.replace(recordOf("i-none"), recordOf("i-none"))).toBe(false);
		});

		it("succeeds for exactly one of many at the same time", async () => {
			const was = recordOf("i-6");
			await records.create(was);
			const tries = Array.from({ length: 12 }, (_, orders) => records.replace(was, { ...was, orders }));
			const won = (await Promise.all(tries)).flatMap((replaced, orders) => (replaced ? [orders] : []));
			expect(won).toHaveLength(1);
			expect(await records.read(was)).toEqual({ ...was, version: 2, orders: won[0] });
		});

		it("keeps what a newer version of the program has added", async () => {
			const was = recordOf("i-7");
			await records.create(was);
			await store.dynamodb.send(
				new UpdateItemCommand({
					TableName: store.table,
					Key: { instanceId: { S: "i-7" }, generation: { N: "1" } },
					UpdateExpression: "SET colour = :colour, hooks[0].shade = :shade",
					ExpressionAttributeValues: { ":colour": { S: "green" }, ":shade": { N: "3" } },
				}),
			);
			const read = await records.read(was);
			expect(read).toEqual({ ...was, colour: "green", hooks: [{ ...hook, shade: 3 }] });
			// Even when the next record was made without it.
			expect(await records.replace(was, { ...was, hooks: read?.hooks ?? [] })).toBe(true);
			expect(await records.read(was)).toEqual({ ...read, version: 2 });
		});

		it("leaves out what troubles a newer version of the program, and this one has no word for", async () => {
			const known = { kind: "stalled", about: "node", says: "Nothing has left." } as const;
			const was = { ...recordOf("i-9"), trouble: [known] };
			await records.create(was);
			await store.dynamodb.send(
				new UpdateItemCommand({
					TableName: store.table,
					Key: { instanceId: { S: "i-9#progress" }, generation: { N: "1" } },
					UpdateExpression: "SET trouble = :trouble",
					ExpressionAttributeValues: marshall({ ":trouble": [known, { kind: "on-fire", about: "node", says: "It burns." }] }),
				}),
			);
			expect((await records.read(was))?.trouble).toEqual(was.trouble);
		});

		it("may add to a closed one, and never opens it again", async () => {
			const was: MaintenanceRecord = { ...recordOf("i-8"), state: "released", closedAt: 9 };
			await records.create(was);
			expect(await records.replace(was, { ...was, markedAt: 10 })).toBe(true);
			const now = { ...was, markedAt: 10, version: 2 };
			await expect(records.replace(now, { ...now, state: "open" })).rejects.toThrow(
				new RecordConflict("cannot make the record i-8-1 open: it is released. Open the next generation"),
			);
			// A caller that holds a wrong state does not open it either.
			expect(await records.replace({ ...now, state: "open" }, { ...now, state: "open" })).toBe(false);
			expect(await records.read(was)).toEqual(now);
		});

		it("by a record of another key is refused", async () => {
			await expect(records.replace(recordOf("i-9"), recordOf("i-9", 2))).rejects.toThrow(
				"cannot replace the record i-9-1 by i-9-2",
			);
		});
	});
});
