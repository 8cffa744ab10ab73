import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Happening } from "../../domain/history.ts";
import { executionName, type MaintenanceRecord } from "../../domain/record.ts";
import { awsFault, isAwsError } from "./aws-fault.ts";
import { expiresAt, keyOfHistory } from "./record-items.ts";
import { toItem } from "./update-expression.ts";

/** So many happenings are kept, the newest; and so many more may come before the oldest are taken out. */
const KEPT = 100;
const SLACK = 20;

/**
 * Adds to the history of a generation, an item of its own: `happened` is a list of `{ at, what }`, `at` in epoch
 * milliseconds. Under 50 KB whatever happens.
 */
export async function appendHistory(
	{ dynamodb, table }: { readonly dynamodb: DynamoDBClient; readonly table: string },
	record: MaintenanceRecord,
	happenings: readonly Happening[],
): Promise<void> {
	const Key = toItem(keyOfHistory(record));
	const expires = expiresAt(record);
	const append = new UpdateItemCommand({
		TableName: table,
		Key,
		UpdateExpression: `SET happened = list_append(if_not_exists(happened, :none), :more)${expires ? ", expiresAt = :expires" : ""}`,
		ExpressionAttributeValues: toItem({ ":none": [], ":more": happenings, ":expires": expires }),
		ReturnValues: "UPDATED_NEW",
	});
	try {
		const { Attributes } = await dynamodb.send(append);
		const length = Attributes?.happened?.L?.length ?? 0;
		if (length <= KEPT + SLACK) return;
		const trim = new UpdateItemCommand({
			TableName: table,
			Key,
			UpdateExpression: `REMOVE ${Array.from({ length: length - KEPT }, (_, index) => `happened[${length - KEPT - 1 - index}]`).join(", ")}`,
			// Whoever adds or takes out in between leaves this to the next one.
			ConditionExpression: "size(happened) = :length",
			ExpressionAttributeValues: toItem({ ":length": length }),
		});
		await dynamodb.send(trim);
	} catch (error) {
		if (!isAwsError(error, "ConditionalCheckFailedException"))
			throw awsFault(`write the history of ${executionName(record)}`, error);
	}
}
