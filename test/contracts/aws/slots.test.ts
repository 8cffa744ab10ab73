import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createSlots } from "../../../src/adapters/aws/slots.ts";
import type { ClusterSlots, Waiter } from "../../../src/domain/slots.ts";
import { AwsUnavailable, RecordUnreadable } from "../../../src/faults.ts";
import { type RecordStore, startRecordStore } from "../../../src/local/records/record-store.ts";
import type { Slots } from "../../../src/ports.ts";

const [one, two, three] = ["i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2", "i-0aaaaaaaaaaaaaaa3"] as const;
const lease = { generation: 1, since: 5, vmNode: true };
const waiter: Waiter = { generation: 2, since: 6, openedAt: 4, deadline: 9, vmNode: false };
const of = (cluster: string, some: Partial<ClusterSlots> = {}): ClusterSlots => ({
	cluster,
	version: 0,
	leases: { [one]: lease },
	waiting: { [two]: waiter },
	...some,
});

let store: RecordStore;
let slots: Slots;

beforeAll(async () => {
	store = await startRecordStore({ region: "eu-west-1" });
	slots = createSlots(store, store.table);
});
afterAll(() => store.stop());

const stored = async (cluster: string): Promise<ClusterSlots> => {
	expect(await slots.replace(await slots.read(cluster), of(cluster))).toBe(true);
	return slots.read(cluster);
};

describe("the slots of a cluster", () => {
	it("are empty before anybody has written", async () => {
		expect(await slots.read("none")).toEqual({ cluster: "none", version: 0, leases: {}, waiting: {} });
	});

	it("come back as they were written, the first time by one only", async () => {
		const paused = { since: 1, toldAt: 2, by: one };
		const none = await slots.read("prod");

		const won = await Promise.all([slots.replace(none, of("prod", { paused })), slots.replace(none, of("prod", { paused }))]);

		expect(won.filter((replaced) => replaced)).toHaveLength(1);
		expect(await slots.read("prod")).toEqual(of("prod", { paused, version: 1 }));
	});

	it("change entry by entry, and lose what is not there any more", async () => {
		const was = await stored("change");
		const paused = { since: 1, toldAt: 2, by: one, liftedAt: 3 };

		const next = { ...was, leases: { [two]: lease, [three]: lease }, waiting: {}, paused };
		expect(await slots.replace(was, next)).toBe(true);

		expect(await slots.read("change")).toEqual({ ...next, version: 2 });
	});

	it("are not written over what another wrote", async () => {
		const was = await stored("conflict");
		expect(await slots.replace(was, { ...was, leases: { [two]: lease } })).toBe(true);

		expect(await slots.replace(was, { ...was, leases: { [three]: lease } })).toBe(false);

		expect(await slots.read("conflict")).toEqual({ ...was, version: 2, leases: { [two]: lease } });
	});

	it("take in any number that join the queue at once, while another takes a slot", async () => {
		const was = await stored("crowd");
		const ids = Array.from({ length: 40 }, (_, index) => `i-0bbbbbbbbbbbbbb${String(index).padStart(2, "0")}`);

		const joined = ids.map((instanceId) => slots.enqueue("crowd", instanceId, waiter));
		const taken = slots.replace(was, { ...was, leases: { ...was.leases, [two]: lease }, waiting: {} });

		expect(new Set(await Promise.all([...joined, taken]))).toEqual(new Set([true]));
		const now = await slots.read("crowd");
		expect(Object.keys(now.leases)).toEqual([one, two]);
		expect(Object.keys(now.waiting).sort()).toEqual(ids);
	});

	it("have no queue before there are slots", async () => {
		expect(await slots.enqueue("new", one, waiter)).toBe(false);
	});

	it("keep what a newer version has added to an entry that stays", async () => {
		const was = await stored("newer");
		await store.dynamodb.send(
			new UpdateItemCommand({
				TableName: store.table,
				Key: { instanceId: { S: "cluster#newer" }, generation: { N: "0" } },
				UpdateExpression: "SET leases.#one.colour = :green, shade = :green",
				ExpressionAttributeNames: { "#one": one },
				ExpressionAttributeValues: { ":green": { S: "green" } },
			}),
		);

		const read = await slots.read("newer");
		expect(read.leases[one]).toEqual({ ...lease, colour: "green" });
		expect(await slots.replace(read, { ...read, waiting: {} })).toBe(true);

		expect(await slots.read("newer")).toEqual({
			...was,
			version: 2,
			leases: { [one]: { ...lease, colour: "green" } },
			waiting: {},
		});
	});

	it("that cannot be read are named", async () => {
		const Item = marshall({ instanceId: "cluster#odd", generation: 0, version: 1, leases: "all" });
		await store.dynamodb.send(new PutItemCommand({ TableName: store.table, Item }));

		const error = await slots.read("odd").catch((reason: unknown) => reason);

		expect(error).toBeInstanceOf(RecordUnreadable);
		expect(String(error)).toMatch(/cannot read the slots of cluster odd:.*at leases.*at waiting/s);
	});

	it("are unavailable when nothing answers", async () => {
		const gone = await startRecordStore({ region: "eu-west-1" });
		const silent = createSlots(gone, gone.table);
		await gone.stop();

		await expect(silent.read("prod")).rejects.toBeInstanceOf(AwsUnavailable);
		await expect(silent.enqueue("prod", one, waiter)).rejects.toThrow(/^cannot write into the queue of cluster prod: /);
	});
});
