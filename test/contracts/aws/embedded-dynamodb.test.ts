import {
	BatchGetItemCommand,
	type BatchGetItemCommandInput,
	DeleteItemCommand,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	ScanCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createMemoryRecordStore } from "../../../src/local/records/memory-record-store.ts";
import { type RecordStore, startRecordStore } from "../../../src/local/records/record-store.ts";

type Ask = (dynamodb: DynamoDBClient) => Promise<object>;
type Fields<T> = Omit<T, "TableName" | "Key">;

const TableName = "records";
const keyOf = (generation: number, instanceId = "i-1") => ({
	instanceId: { S: instanceId },
	generation: { N: String(generation) },
});
const names = { "#state": "state", "#n": "n" };

const put = (generation: number, more: Fields<PutItemCommand["input"]>): Ask => {
	const Item = { ...keyOf(generation), ...more.Item };
	return (dynamodb) => dynamodb.send(new PutItemCommand({ TableName, ...more, Item }));
};
const get = (generation: number, more: Fields<GetItemCommand["input"]> = {}): Ask => {
	const Key = keyOf(generation);
	return (dynamodb) => dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true, ...more }));
};
const update = (generation: number, UpdateExpression: string, more: Fields<UpdateItemCommand["input"]> = {}): Ask => {
	const Key = keyOf(generation);
	return (dynamodb) => dynamodb.send(new UpdateItemCommand({ TableName, Key, UpdateExpression, ...more }));
};
const remove = (generation: number, more: Fields<DeleteItemCommand["input"]> = {}): Ask => {
	const Key = keyOf(generation);
	return (dynamodb) => dynamodb.send(new DeleteItemCommand({ TableName, Key, ...more }));
};
const query = (more: Fields<QueryCommand["input"]>, KeyConditionExpression = "instanceId = :id"): Ask => {
	const { ExpressionAttributeValues, ...rest } = more;
	const values = { ":id": { S: "i-1" }, ...ExpressionAttributeValues };
	const input = { TableName, KeyConditionExpression, ExpressionAttributeValues: values, ConsistentRead: true, ...rest };
	return (dynamodb) => dynamodb.send(new QueryCommand(input));
};
const scan =
	(more: Fields<ScanCommand["input"]>): Ask =>
	(dynamodb) =>
		dynamodb.send(new ScanCommand({ TableName, ...more }));

const batchGet =
	(RequestItems: NonNullable<BatchGetItemCommandInput["RequestItems"]>): Ask =>
	async (dynamodb) => {
		const { Responses = {}, ...answer } = await dynamodb.send(new BatchGetItemCommand({ RequestItems }));
		return { ...answer, Responses: Object.entries(Responses).map(([table, items]) => [table, inOrder(items)]) };
	};
const opened = (more: Fields<QueryCommand["input"]> = {}): Ask => {
	const condition = { KeyConditionExpression: "#open = :one", ExpressionAttributeNames: { "#open": "open" } };
	const input = { TableName, IndexName: "open", ...condition, ExpressionAttributeValues: { ":one": { S: "1" } }, ...more };
	return async (dynamodb) => {
		const { Items = [], ...answer } = await dynamodb.send(new QueryCommand(input));
		return { ...answer, Items: inOrder(Items) };
	};
};
/** Neither a batch nor an index without a sort key has one of its own. */
const inOrder = (items: readonly object[]) =>
	items.map((item) => JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

const first = { state: { S: "open" }, n: { N: "1" }, notes: { L: [{ S: "a" }] }, deep: { M: { one: { N: "1" } } } };

const openValue = { ExpressionAttributeNames: { "#open": "open" }, ExpressionAttributeValues: { ":one": { S: "1" } } };
const four = { ExpressionAttributeValues: { ":n": { N: "4" } } };
const happen = (what: readonly string[]): Ask =>
	update(1, "SET happened = list_append(if_not_exists(happened, :none), :more), n = :n", {
		ExpressionAttributeValues: {
			":none": { L: [] },
			":more": { L: what.map((one) => ({ M: { what: { S: one } } })) },
			":n": { N: "7" },
		},
		ReturnValues: "UPDATED_NEW",
	});

/** In this order: each of them finds what those before it have left. */
const conversation: readonly (readonly [string, Ask])[] = [
	["get nothing", get(1)],
	["put", put(1, { Item: first })],
	["put once only", put(1, { Item: first, ConditionExpression: "attribute_not_exists(generation)" })],
	["put another once", put(2, { Item: { n: { N: "10" } }, ConditionExpression: "attribute_not_exists(generation)" })],
	["put a third, return the old one", put(2, { Item: { n: { N: "9" } }, ReturnValues: "ALL_OLD" })],
	["get", get(1)],
	["get some", get(1, { ProjectionExpression: "#n, #state", ExpressionAttributeNames: names })],
	["get some of nothing", get(7, { ProjectionExpression: "#n", ExpressionAttributeNames: { "#n": "n" } })],
	["get with a name that is not used", get(1, { ProjectionExpression: "n", ExpressionAttributeNames: { "#s": "state" } })],
	[
		"update on a condition that holds",
		update(1, "SET #state = :next, n = n + :one REMOVE deep", {
			ConditionExpression: "#n = :n AND (NOT (#state IN (:a, :b)) OR #state = :next)",
			ExpressionAttributeNames: names,
			ExpressionAttributeValues: {
				":n": { N: "1.0" },
				":one": { N: "1" },
				":next": { S: "held" },
				":a": { S: "x" },
				":b": { S: "y" },
			},
			ReturnValues: "ALL_NEW",
		}),
	],
	[
		"update on one that does not",
		update(1, "SET n = :n", { ConditionExpression: "n < :n", ExpressionAttributeValues: { ":n": { N: "2" } } }),
	],
	[
		"update what is not there",
		update(3, "SET n = :n", { ExpressionAttributeValues: { ":n": { N: "3" } }, ReturnValues: "ALL_OLD" }),
	],
	["update from nothing", update(3, "SET other = missing", {})],
	[
		"update with a value that is not used",
		update(3, "SET n = :n", { ExpressionAttributeValues: { ":n": { N: "3" }, ":m": { N: "3" } } }),
	],
	["update with a value that is not given", update(3, "SET n = :m", {})],
	["update without sense", update(3, "SET n :m", { ExpressionAttributeValues: { ":m": { N: "3" } } })],
	[
		"count from nothing, append",
		update(3, "SET hits = if_not_exists(hits, :zero) + :one, notes = list_append(if_not_exists(notes, :none), :more)", {
			ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" }, ":none": { L: [] }, ":more": { L: [{ S: "b" }] } },
			ReturnValues: "ALL_NEW",
		}),
	],
	["add", update(3, "ADD hits :two", { ExpressionAttributeValues: { ":two": { N: "2" } }, ReturnValues: "ALL_NEW" })],
	["set inside a map", update(3, "SET leases = :map", { ExpressionAttributeValues: { ":map": { M: { a: { N: "1" } } } } })],
	[
		"set inside it",
		update(3, "SET leases.#b = :two REMOVE leases.a", {
			ExpressionAttributeNames: { "#b": "b" },
			ExpressionAttributeValues: { ":two": { N: "2" } },
			ReturnValues: "ALL_NEW",
		}),
	],
	["set inside what is not there", update(3, "SET nowhere.a = :two", { ExpressionAttributeValues: { ":two": { N: "2" } } })],
	...["absent", "b"].map((key): readonly [string, Ask] => [
		`compare deep inside what is ${key === "b" ? "no map" : "not there"}`,
		update(3, "SET compared = :two", {
			ConditionExpression: `(leases.${key}.hits <= :two OR NOT nowhere.${key}.hits > :two) AND NOT leases.${key}.hits > :two`,
			ExpressionAttributeValues: { ":two": { N: "2" } },
			ReturnValues: "ALL_NEW",
		}),
	]),
	[
		"sizes and parts",
		update(3, "SET fits = :yes", {
			ConditionExpression:
				"size(notes) = :one AND contains(notes, :b) AND begins_with(instanceId, :i) AND leases.b BETWEEN :one AND :two",
			ExpressionAttributeValues: {
				":yes": { BOOL: true },
				":one": { N: "1" },
				":two": { N: "2" },
				":b": { S: "b" },
				":i": { S: "i-" },
			},
		}),
	],
	["query", query({})],
	["query backwards", query({ ScanIndexForward: false, Limit: 1 })],
	["query on", query({ ScanIndexForward: false, Limit: 1, ExclusiveStartKey: keyOf(3) })],
	["query a range", query({ ExpressionAttributeValues: { ":two": { N: "2" } } }, "instanceId = :id AND generation >= :two")],
	["query and filter", query({ FilterExpression: "n > :n", ExpressionAttributeValues: { ":n": { N: "2" } } })],
	[
		"scan and filter",
		scan({ FilterExpression: "attribute_exists(hits) OR n <> :n", ExpressionAttributeValues: { ":n": { N: "2" } } }),
	],
	["delete on a condition that does not hold", remove(2, { ConditionExpression: "attribute_exists(hits)" })],
	["delete", remove(2, { ReturnValues: "ALL_OLD" })],
	["delete nothing", remove(2)],
	["query what is left", query({})],
	[
		"get two and one that is not there",
		batchGet({ [TableName]: { Keys: [keyOf(3), keyOf(1), keyOf(7)], ConsistentRead: true } }),
	],
	["get nothing at once", batchGet({ [TableName]: { Keys: [keyOf(7), keyOf(1, "i-none")] } })],
	["get the same twice at once", batchGet({ [TableName]: { Keys: [keyOf(1), keyOf(1)] } })],
	["get no keys at once", batchGet({ [TableName]: { Keys: [] } })],
	["get at once from no table", batchGet({ "no-such-table": { Keys: [keyOf(1)] } })],
	["get at once by half a key", batchGet({ [TableName]: { Keys: [{ instanceId: { S: "i-1" } }] } })],
	["query an index that nothing is in", opened()],
	["put into the index", put(4, { Item: { open: { S: "1" }, n: { N: "4" } } })],
	["put another beside it", put(5, { Item: { open: { S: "other" } } })],
	["put what the index cannot hold", put(6, { Item: { open: { N: "1" } } })],
	["update into the index", update(1, "SET #open = :one", openValue)],
	["query the index", opened()],
	["query the index and filter", opened({ FilterExpression: "attribute_exists(n)" })],
	["query an index consistently", opened({ ConsistentRead: true })],
	["query an index that is none", opened({ IndexName: "closed" })],
	["update out of the index", update(4, "REMOVE #open", { ExpressionAttributeNames: { "#open": "open" } })],
	["query the index again", opened()],
	["append, return what is new", happen(["a", "b", "c"])],
	["append again, return what is new", happen(["d"])],
	["take out of a list", update(1, "REMOVE happened[2], happened[0]", { ConditionExpression: "size(happened) = :n", ...four })],
	[
		"take out of a list that is shorter",
		update(1, "REMOVE happened[0]", { ConditionExpression: "size(happened) = :n", ...four }),
	],
	["take out what a list does not have", update(1, "REMOVE happened[9]", { ReturnValues: "ALL_NEW" })],
	["get what is left of it", get(1)],
];

/** Metadata and wording differ; what a caller acts on does not. */
async function answered(ask: Ask, store: RecordStore): Promise<unknown> {
	try {
		const { $metadata, ...answer } = (await ask(store.dynamodb)) as { $metadata?: unknown };
		return JSON.parse(JSON.stringify(answer));
	} catch (error) {
		return { refused: (error as Error).name };
	}
}

describe("the DynamoDB in this process", () => {
	let emulated: RecordStore;
	let embedded: RecordStore;
	beforeAll(async () => {
		emulated = await startRecordStore({ region: "eu-west-1", table: TableName });
		embedded = createMemoryRecordStore({ region: "eu-west-1", table: TableName });
	});
	afterAll(() => Promise.all([emulated.stop(), embedded.stop()]));

	it.each(conversation)("answers as the emulator does: %s", async (_name, ask) => {
		const [expected, got] = [await answered(ask, emulated), await answered(ask, embedded)];
		expect(got).toEqual(expected);
	});

	it("refuses what it does not implement, instead of guessing", async () => {
		const input = { TableName, Key: keyOf(1), AttributeUpdates: { n: { Action: "DELETE" as const } } };
		await expect(embedded.dynamodb.send(new UpdateItemCommand(input))).rejects.toThrow(
			"The embedded DynamoDB does not know AttributeUpdates of UpdateItem",
		);
	});
});
