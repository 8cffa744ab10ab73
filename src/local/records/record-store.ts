import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { createAwsClients } from "../../adapters/aws/clients.ts";

export type RecordStore = {
	/** `http://127.0.0.1:<port>` */
	readonly endpoint: string;
	readonly table: string;
	readonly dynamodb: DynamoDBClient;
	/** How many requests it has served, by operation. */
	readonly served: ReadonlyMap<string, number>;
	stop(): Promise<void>;
};

/** DynamoDB in memory, on loopback, with the table of the maintenance records. */
export async function startRecordStore(options: { readonly region: string; readonly table?: string }): Promise<RecordStore> {
	const { region, table = "evacuator" } = options;
	const server = dynalite({ createTableMs: 0 });
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const served = new Map<string, number>();
	server.on("request", ({ headers }) => {
		const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
		served.set(operation, (served.get(operation) ?? 0) + 1);
	});
	const { port } = server.address() as AddressInfo;
	const endpoint = `http://127.0.0.1:${port}`;
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const { dynamodb } = createAwsClients({ region, credentials, grounds: { dynamodb: { endpoint } } });
	await dynamodb.send(
		new CreateTableCommand({
			TableName: table,
			BillingMode: "PAY_PER_REQUEST",
			KeySchema: [
				{ AttributeName: "instanceId", KeyType: "HASH" },
				{ AttributeName: "generation", KeyType: "RANGE" },
			],
			AttributeDefinitions: [
				{ AttributeName: "instanceId", AttributeType: "S" },
				{ AttributeName: "generation", AttributeType: "N" },
			],
		}),
	);
	return {
		endpoint,
		table,
		dynamodb,
		served,
		async stop() {
			dynamodb.destroy();
			server.closeAllConnections();
			await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
		},
	};
}
