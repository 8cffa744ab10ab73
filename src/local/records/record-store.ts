import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { createAwsClients, type Ground } from "../../adapters/aws/clients.ts";
import { recordTable } from "./record-table.ts";

export type RecordStore = {
	/** Where clients of the SDK find it. */
	readonly ground: Ground;
	readonly table: string;
	readonly dynamodb: DynamoDBClient;
	/** How many requests it has served, by operation. */
	readonly served: ReadonlyMap<string, number>;
	/** From now on every request is answered 500, as DynamoDB does when it fails; or served again. */
	fail(state: "failing" | "serving"): void;
	/** The next so many requests of this operation are done, but the connection breaks instead of an answer. */
	loseAnswers(operation: string, times: number): void;
	stop(): Promise<void>;
};

const failure = JSON.stringify({
	__type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
	message: "The request processing has failed because of an unknown error, exception or failure.",
});

const operationOf = ({ headers }: IncomingMessage): string => String(headers["x-amz-target"]).split(".").at(-1) ?? "";

/** DynamoDB in memory, on loopback, with the table of the maintenance records. */
export async function startRecordStore(options: { readonly region: string; readonly table?: string }): Promise<RecordStore> {
	const { region, table = "evacuator" } = options;
	const server = dynalite({ createTableMs: 0 });
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const served = new Map<string, number>();
	server.on("request", (request) => {
		const operation = operationOf(request);
		served.set(operation, (served.get(operation) ?? 0) + 1);
	});
	const serve = server.listeners("request").slice(0, 1) as RequestListener[];
	let failing = false;
	const losing = new Map<string, number>();
	for (const listener of serve) server.removeListener("request", listener);
	server.on("request", (request, response) => {
		const operation = operationOf(request);
		const left = losing.get(operation) ?? 0;
		losing.set(operation, left - 1);
		if (left > 0) response.end = () => response.destroy();
		if (failing) response.writeHead(500, { "content-type": "application/x-amz-json-1.0" }).end(failure);
		else for (const listener of serve) listener(request, response);
	});
	const { port } = server.address() as AddressInfo;
	const endpoint = `http://127.0.0.1:${port}`;
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const { dynamodb } = createAwsClients({ region, credentials, grounds: { dynamodb: { endpoint } } });
	await dynamodb.send(new CreateTableCommand(recordTable(table)));
	return {
		ground: { endpoint },
		table,
		dynamodb,
		served,
		fail: (state) => {
			failing = state === "failing";
		},
		loseAnswers: (operation, times) => void losing.set(operation, times),
		async stop() {
			dynamodb.destroy();
			server.closeAllConnections();
			await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
		},
	};
}
