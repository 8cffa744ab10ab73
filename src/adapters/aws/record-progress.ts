import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { MaintenanceRecord } from "../../domain/record.ts";
import { keyOfProgress, progressFields } from "./record-items.ts";
import { toItem, updateOf } from "./update-expression.ts";

/** Writes the progress of a record, if what is stored is that of an older version. Throws as the SDK does. */
export async function putProgress(
	{ dynamodb, table }: { readonly dynamodb: DynamoDBClient; readonly table: string },
	record: MaintenanceRecord,
): Promise<void> {
	const { ExpressionAttributeNames, ExpressionAttributeValues, ...update } = updateOf(progressFields(record));
	const write = new UpdateItemCommand({
		TableName: table,
		Key: toItem(keyOfProgress(record)),
		...update,
		ConditionExpression: "attribute_not_exists(#version) OR #version < :version",
		ExpressionAttributeNames: { ...ExpressionAttributeNames, "#version": "version" },
		ExpressionAttributeValues: { ...ExpressionAttributeValues, ...toItem({ ":version": record.version }) },
	});
	await dynamodb.send(write);
}
