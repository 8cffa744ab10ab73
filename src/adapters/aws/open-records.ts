import { type DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import type { MaintenanceKey } from "../../domain/record.ts";
import { awsFault } from "./aws-fault.ts";

/**
 * Keys of all records in the sparse index `open`. A scan of the table would read every record of the last months, with its
 * progress and its history, to find the few that are open. The index follows the table within a second or so.
 */
export async function unfinishedKeys({
	dynamodb,
	table,
}: {
	readonly dynamodb: DynamoDBClient;
	readonly table: string;
}): Promise<readonly MaintenanceKey[]> {
	const query = {
		TableName: table,
		IndexName: "open",
		KeyConditionExpression: "#open = :one",
		ExpressionAttributeNames: { "#open": "open" },
		ExpressionAttributeValues: { ":one": { S: "1" } },
	};
	const keys: MaintenanceKey[] = [];
	try {
		for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
			for (const { instanceId, generation } of Items)
				keys.push({ instanceId: instanceId?.S ?? "", generation: Number(generation?.N) });
		}
	} catch (error) {
		throw awsFault("find the records that are open", error);
	}
	return keys;
}
