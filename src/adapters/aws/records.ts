import {
	BatchGetItemCommand,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { executionName, type MaintenanceRecord } from "../../domain/record.ts";
import { isClosed } from "../../domain/record-changes.ts";
import { AwsUnavailable, RecordConflict } from "../../faults.ts";
import type { Records } from "../../ports.ts";
import { awsFault, isAwsError } from "./aws-fault.ts";
import { unfinishedKeys } from "./open-records.ts";
import { appendHistory } from "./record-history.ts";
import { isSameProgress, keyOfProgress, keyOfRecord, recordFields } from "./record-items.ts";
import { putProgress } from "./record-progress.ts";
import { isBlank, parseStoredRecord } from "./stored-record.ts";
import { toItem, updateOf } from "./update-expression.ts";

const isConditionFailed = (error: unknown) => isAwsError(error, "ConditionalCheckFailedException");

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
 *
 * What looks show lies in an item of its own, written after the record and only by whoever has won the record's version,
 * so that the loser of a race never touches it. A crash between the two leaves the progress one look behind, and so does
 * a read in between: the next look shows it again. What a survey alone can show is written by Assess, whose state is
 * entered again when it crashes. A progress item never gives way to that of an older version.
 */
export function createRecords({ dynamodb }: { readonly dynamodb: DynamoDBClient }, table: string): Records {
	const writeProgress = (record: MaintenanceRecord) =>
		conditional(() => putProgress({ dynamodb, table }, record), `write the progress of the record ${executionName(record)}`);

	const readItem = async (key: { readonly instanceId: string; readonly generation: number }, cannot: string) => {
		const get = new GetItemCommand({ TableName: table, Key: toItem(key), ConsistentRead: true });
		return answerOf(async () => (await dynamodb.send(get)).Item, cannot);
	};

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
			const cannot = `read the latest record of ${instanceId}`;
			const [item] = await answerOf(async () => (await dynamodb.send(query)).Items ?? [], cannot);
			if (!item) return undefined;
			const generation = Number(item.generation?.N);
			return parseStoredRecord({ instanceId }, item, await readItem(keyOfProgress({ instanceId, generation }), cannot));
		},

		async read(key) {
			const cannot = `read the record ${executionName(key)}`;
			const Keys = [toItem(keyOfRecord(key)), toItem(keyOfProgress(key))];
			const get = new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } });
			const { Responses, UnprocessedKeys } = await answerOf(() => dynamodb.send(get), cannot);
			if (UnprocessedKeys?.[table]) throw new AwsUnavailable(`cannot ${cannot}: DynamoDB left out a part of it, try again`);
			const items = Responses?.[table] ?? [];
			const item = items.find(({ instanceId }) => instanceId?.S === key.instanceId);
			return (
				item &&
				parseStoredRecord(
					key,
					item,
					items.find((other) => other !== item),
				)
			);
		},

		async readFence(key) {
			const item = await readItem(keyOfRecord(key), `read the record ${executionName(key)}`);
			return item && parseStoredRecord(key, item);
		},

		async create(record) {
			// First, so that a record which exists has its progress. Without the record nobody reads it.
			if (!isBlank(record)) await writeProgress(record);
			const { whole, ...created } = record;
			const put = new PutItemCommand({
				TableName: table,
				Item: toItem({ ...keyOfRecord(record), ...recordFields(created) }),
				ConditionExpression: "attribute_not_exists(generation)",
			});
			return conditional(() => dynamodb.send(put), `create the record ${executionName(record)}`);
		},

		async replace(was, next) {
			refuseImpossible(was, next);
			const written = { ...next, version: was.version + 1 };
			const { ExpressionAttributeNames, ExpressionAttributeValues, ...update } = updateOf(recordFields(written));
			const write = new UpdateItemCommand({
				TableName: table,
				Key: toItem(keyOfRecord(was)),
				...update,
				ConditionExpression: "#version = :was AND (#state IN (:open, :releasing) OR #state = :state)",
				ExpressionAttributeNames: { ...ExpressionAttributeNames, "#version": "version", "#state": "state" },
				ExpressionAttributeValues: {
					...ExpressionAttributeValues,
					...toItem({ ":was": was.version, ":open": "open", ":releasing": "releasing", ":state": next.state }),
				},
			});
			if (!(await conditional(() => dynamodb.send(write), `replace the record ${executionName(was)}`))) return false;
			if (!was.whole && (isClosed(next) || !isSameProgress(was, next))) await writeProgress(written);
			return true;
		},

		unfinished: () => unfinishedKeys({ dynamodb, table }),

		remember: (record, happenings) => appendHistory({ dynamodb, table }, record, happenings),
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
