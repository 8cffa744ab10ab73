import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { KeyAttribute, SparseIndex } from "./item-table.ts";

/** The table of the maintenance records: by instance and generation, and those that are open. */
export const recordKeys: readonly [KeyAttribute, KeyAttribute] = [
	{ name: "instanceId", type: "S" },
	{ name: "generation", type: "N" },
];
export const recordIndexes: readonly SparseIndex[] = [{ name: "open", key: "open" }];

/** The same as DynamoDB is asked for it. */
export function recordTable(name: string): CreateTableCommandInput {
	const [hash, range] = recordKeys;
	const attributes = [...recordKeys, ...recordIndexes.map(({ key }) => ({ name: key, type: "S" as const }))];
	return {
		TableName: name,
		BillingMode: "PAY_PER_REQUEST",
		KeySchema: [
			{ AttributeName: hash.name, KeyType: "HASH" },
			{ AttributeName: range.name, KeyType: "RANGE" },
		],
		AttributeDefinitions: attributes.map((attribute) => ({ AttributeName: attribute.name, AttributeType: attribute.type })),
		GlobalSecondaryIndexes: recordIndexes.map((index) => ({
			IndexName: index.name,
			KeySchema: [{ AttributeName: index.key, KeyType: "HASH" }],
			Projection: { ProjectionType: "KEYS_ONLY" },
		})),
	};
}
