import { readFileSync } from "node:fs";
import { type AttributeValue, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createRecords } from "../../../src/adapters/aws/records.ts";
import { nextGeneration, withHandedOver } from "../../../src/domain/generations.ts";
import type { MaintenanceRecord } from "../../../src/domain/record.ts";
import { type RecordStore, startRecordStore } from "../../../src/local/records/record-store.ts";
import type { Records } from "../../../src/ports.ts";
import { schemaOneRules } from "../../fixtures/records/schema-1-rules.ts";

type Item = Record<string, AttributeValue>;

const key = { instanceId: "i-0123456789abcdef0", generation: 2 };
const NOW = 1_767_225_900_000;

const fixture = (schema: number): readonly Item[] =>
	JSON.parse(readFileSync(new URL(`../../fixtures/records/schema-${schema}.json`, import.meta.url), "utf8")) as Item[];

/** The record that each fixture holds. */
const drained: MaintenanceRecord = {
	...key,
	version: 7,
	cluster: "prod",
	state: "open",
	openedAt: 1_767_225_600_000,
	requests: ["asg:i-0123456789abcdef0:t-1"],
	reason: "Auto Scaling group nodes terminates the instance",
	deadline: 1_767_398_400_000,
	hooks: [
		{
			group: "nodes",
			hook: "evacuator",
			token: "87654321-4321-4321-4321-210987654321",
			timeoutSeconds: 3_600,
			limitAt: 1_767_398_400_000,
		},
	],
	beatSeconds: 900,
	lastBeatAt: 1_767_225_660_000,
	orders: 1,
	mayEnd: ["lab/scratch"],
	node: { name: "node-a", uid: "node-a-uid", providerId: "aws:///eu-west-1a/i-0123456789abcdef0" },
	cordonedAt: 1_767_225_630_000,
	surveyedAt: 1_767_225_640_000,
	toldAt: 1_767_225_690_000,
	vms: [
		{ namespace: "shop", name: "db", uid: "u-1", fate: { kind: "blocks", why: "no other node can host it", until: "room" } },
		{
			namespace: "shop",
			name: "web",
			uid: "u-2",
			fate: { kind: "migrates", why: "LiveMigrate", by: "kubevirt" },
			outcome: { kind: "migrated", to: "node-b" },
			outcomeAt: 1_767_225_700_000,
		},
	],
	refusals: {
		"pod-1": {
			count: 2,
			nextAt: 1_767_225_720_000,
			why: "Cannot evict pod as it would violate the pod's disruption budget.",
		},
	},
	trouble: [
		{
			kind: "no-room",
			about: "shop/db",
			says: "VM shop/db stays for now: no other node can host it; add a node that fits it, or free one.",
		},
	],
	left: { vms: 1, pods: 2, changedAt: 1_767_225_700_000 },
};

let store: RecordStore;
let records: Records;

beforeEach(async () => {
	await store?.stop();
	store = await startRecordStore({ region: "eu-west-1" });
	records = createRecords(store, store.table);
});
afterAll(() => store.stop());

const put = async (items: readonly Item[]) => {
	for (const Item of items) await store.dynamodb.send(new PutItemCommand({ TableName: store.table, Item }));
};

const itemOf = async (instanceId: string = key.instanceId, generation = key.generation) => {
	const Key = { instanceId: { S: instanceId }, generation: { N: String(generation) } };
	const { Item } = await store.dynamodb.send(new GetItemCommand({ TableName: store.table, Key, ConsistentRead: true }));
	return Item && unmarshall(Item);
};

/** What the first version makes of a record's item; throws where that could not read it. */
const asSchemaOne = async (generation?: number) => schemaOneRules.parse(await itemOf(key.instanceId, generation));

/** As the first version writes: all it knows of, into the one item, and what it does not know stays. */
async function writeAsSchemaOne(change: Readonly<Record<string, unknown>>): Promise<void> {
	const { instanceId: _, generation: __, ...read } = await asSchemaOne();
	const fields = Object.entries({ ...read, ...change, version: read.version + 1 });
	const { marshall } = await import("@aws-sdk/util-dynamodb");
	const update = new UpdateItemCommand({
		TableName: store.table,
		Key: { instanceId: { S: key.instanceId }, generation: { N: String(key.generation) } },
		UpdateExpression: `SET ${fields.map((_field, index) => `#f${index} = :f${index}`).join(", ")}`,
		ExpressionAttributeNames: Object.fromEntries(fields.map(([field], index) => [`#f${index}`, field])),
		ExpressionAttributeValues: marshall(Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value]))),
	});
	await store.dynamodb.send(update);
}

describe("a record of schema 1, all in one item", () => {
	beforeEach(() => put(fixture(1)));

	it("is read, and known to be whole", async () => {
		expect(await records.read(key)).toEqual({ ...drained, whole: true });
		expect(await records.latest(key.instanceId)).toEqual({ ...drained, whole: true });
	});

	it("stays whole when it is written, for its execution may call functions that know nothing else", async () => {
		const was = { ...drained, whole: true } as const;
		expect(await records.replace(was, { ...was, orders: 2, trouble: [] })).toBe(true);

		expect(await records.read(key)).toEqual({ ...was, orders: 2, trouble: [], version: 8 });
		expect(await asSchemaOne()).toMatchObject({ orders: 2, vms: drained.vms, refusals: drained.refusals, left: drained.left });
		expect(await itemOf(`${key.instanceId}#progress`)).toBeUndefined();
	});

	it("is followed by a generation of schema 2, which has its stories", async () => {
		const was = { ...drained, whole: true } as const;
		const closed = withHandedOver(was, NOW);
		await records.replace(was, closed);
		const next = nextGeneration({ ...closed, version: 8 }, NOW);
		expect(await records.create(next)).toBe(true);

		expect(await records.latest(key.instanceId)).toEqual({ ...drained, generation: 3, version: 1, openedAt: NOW });
		expect(await itemOf(key.instanceId, 3)).toMatchObject({ schema: 2, vms: [], open: "1" });
		expect(await itemOf(`${key.instanceId}#progress`, 3)).toMatchObject({ vms: drained.vms });
	});
});

describe("a record of schema 2, with its progress beside it", () => {
	beforeEach(() => put(fixture(2)));

	it("is read as one", async () => {
		expect(await records.read(key)).toEqual(drained);
		expect(await records.latest(key.instanceId)).toEqual(drained);
	});

	it("is written as the fixture says", async () => {
		await records.replace(drained, { ...drained, left: { vms: 1, pods: 1, changedAt: NOW } });
		const [record, progress] = fixture(2).map((item) => unmarshall(item));

		expect(await itemOf()).toEqual({ ...record, version: 8 });
		expect(await itemOf(`${key.instanceId}#progress`)).toEqual({
			...progress,
			version: 8,
			left: { vms: 1, pods: 1, changedAt: NOW },
		});
	});

	it("is readable for the first version, which finds that nothing has been seen yet", async () => {
		const { vms, refusals, trouble, left, ...fence } = drained;

		expect(await asSchemaOne()).toEqual({ ...fence, schema: 2, open: "1", vms: [], refusals: {}, trouble: [] });
	});

	it("into which the first version writes what it sees is whole from then on", async () => {
		const [, web] = drained.vms;
		await writeAsSchemaOne({ vms: [web] });
		const read = await records.read(key);
		const { left, ...seen } = { ...drained, vms: [web], refusals: {}, trouble: [], version: 8, whole: true };
		expect(read).toEqual(seen);

		if (read) await records.replace(read, { ...read, orders: 2 });
		expect(await asSchemaOne()).toMatchObject({ vms: [web], orders: 2 });
	});
});
