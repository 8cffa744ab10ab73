import {
	type AttributeValue,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { executionName, type MaintenanceKey, type MaintenanceRecord } from "../../domain/record.ts";
import { RecordConflict } from "../../faults.ts";
import type { Records } from "../../ports.ts";
import { awsFault, isAwsError } from "./aws-fault.ts";
import { parseStoredRecord, RECORD_FIELDS } from "./stored-record.ts";

const KEY_FIELDS: ReadonlySet<string> = new Set(["instanceId", "generation"] satisfies (keyof MaintenanceKey)[]);
const isClosed = ({ state }: MaintenanceRecord) => state !== "open" && state !== "releasing";
const isConditionFailed = (error: unknown) => isAwsError(error, "ConditionalCheckFailedException");

const toItem = (value: Record<string, unknown>): Record<string, AttributeValue> =>
	marshall(value, { removeUndefinedValues: true });

/** Sets what `next` has and removes the known fields that it has no more; what this version does not know stays. */
const updateExpression = (next: Readonly<Record<string, unknown>>) => {
	const fields = [...new Set([...RECORD_FIELDS, ...Object.keys(next)])].filter((field) => !KEY_FIELDS.has(field));
	const names = Object.fromEntries(fields.map((field, index) => [`#f${index}`, field]));
	const entries = fields.map((field, index) => ({ index, value: next[field] }));
	const set = entries.filter(({ value }) => value !== undefined);
	const gone = entries.filter(({ value }) => value === undefined);
	const expression = `SET ${set.map(({ index }) => `#f${index} = :f${index}`).join(", ")}`;
	return {
		expression: gone.length === 0 ? expression : `${expression} REMOVE ${gone.map(({ index }) => `#f${index}`).join(", ")}`,
		names,
		values: Object.fromEntries(set.map(({ index, value }) => [`:f${index}`, value])),
	};
};

/** Throws RecordConflict for a replacement that no version of the record allows. */
const refuseImpossible = (was: MaintenanceRecord, next: MaintenanceRecord): void => {
	if (executionName(was) !== executionName(next)) {
		throw new RecordConflict(`cannot replace the record ${executionName(was)} by ${executionName(next)}`);
	}
	if (isClosed(was) && next.state !== was.state) {
		throw new RecordConflict(
			`cannot make the record ${executionName(was)} ${next.state}: it is ${was.state}. Open the next generation`,
		);
	}
};

/**
 * Maintenance records in a DynamoDB table: partition key `instanceId` (S), sort key `generation` (N), every field a
 * native attribute, since plain states of the definition read some. Reads are consistent. `replace` raises the version
 * itself, and a closed record keeps its state.
 */
export function createRecords({ dynamodb }: { readonly dynamodb: DynamoDBClient }, table: string): Records {
	return {
		async latest(instanceId) {
			const query = new QueryCommand({
				TableName: table,
				KeyConditionExpression: "instanceId = :instanceId",
				ExpressionAttributeValues: { ":instanceId": { S: instanceId } },
				ScanIndexForward: false,
				Limit: 1,
				ConsistentRead: true,
			});
			const [item] = await answerOf(
				async () => (await dynamodb.send(query)).Items ?? [],
				`read the latest record of ${instanceId}`,
			);
			return item && parseStoredRecord({ instanceId }, item);
		},

		async read(key) {
			const Key = toItem({ instanceId: key.instanceId, generation: key.generation });
			const get = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
			const item = await answerOf(async () => (await dynamodb.send(get)).Item, `read the record ${executionName(key)}`);
			return item && parseStoredRecord(key, item);
		},

		async create(record) {
			const put = new PutItemCommand({
				TableName: table,
				Item: toItem(record),
				ConditionExpression: "attribute_not_exists(generation)",
			});
			return conditional(() => dynamodb.send(put), `create the record ${executionName(record)}`);
		},

		async replace(was, next) {
			refuseImpossible(was, next);
			const { expression, names, values } = updateExpression({ ...next, version: was.version + 1 });
			const update = new UpdateItemCommand({
				TableName: table,
				Key: toItem({ instanceId: was.instanceId, generation: was.generation }),
				UpdateExpression: expression,
				ConditionExpression:
					"#version = :was AND (NOT (#state IN (:released, :gone, :restored, :handedOver)) OR #state = :state)",
				ExpressionAttributeNames: { ...names, "#version": "version", "#state": "state" },
				ExpressionAttributeValues: toItem({
					...values,
					":was": was.version,
					":released": "released",
					":gone": "gone",
					":restored": "restored",
					":handedOver": "handed over",
					":state": next.state,
				}),
			});
			return conditional(() => dynamodb.send(update), `replace the record ${executionName(was)}`);
		},
	};
}

async function answerOf<T>(request: () => Promise<T>, cannot: string): Promise<T> {
	try {
		return await request();
	} catch (error) {
		throw awsFault(cannot, error);
	}
}

async function conditional(request: () => Promise<unknown>, cannot: string): Promise<boolean> {
	try {
		await request();
		return true;
	} catch (error) {
		if (isConditionFailed(error)) return false;
		throw awsFault(cannot, error);
	}
}
