import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { LEAVING } from "./stage.ts";

/**
 * Another writer changes nothing of the latest record but its version, and so comes before whoever has read it. Answers whether
 * there is a record.
 */
export async function writeRecord({ store, worldOf }: EmbeddedGround): Promise<boolean> {
	const latest = await worldOf("intake").records.latest(LEAVING);
	if (!latest) return false;
	await store.dynamodb.send(
		new UpdateItemCommand({
			TableName: store.table,
			Key: { instanceId: { S: LEAVING }, generation: { N: String(latest.generation) } },
			UpdateExpression: "ADD version :one",
			ExpressionAttributeValues: { ":one": { N: "1" } },
		}),
	);
	return true;
}
