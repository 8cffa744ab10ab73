import { ApiError } from "../aws/api-error.ts";
import { createInProcessClients } from "../aws/in-process-clients.ts";
import { jsonService, targetOf } from "../aws/json-service.ts";
import type { AccountHandler } from "../aws/request-handler.ts";
import { answerDynamoDb } from "./dynamodb-api.ts";
import { ItemTable } from "./item-table.ts";
import type { RecordStore } from "./record-store.ts";
import { recordIndexes, recordKeys } from "./record-table.ts";

const failure = () =>
	new ApiError(
		"InternalServerError",
		"The request processing has failed because of an unknown error, exception or failure.",
		500,
	);

/** The same table as a function in this process: no socket, so that virtual time is the same in every run. */
export function createMemoryRecordStore(options: { readonly region: string; readonly table?: string }): RecordStore {
	const { region, table = "evacuator" } = options;
	const items = new ItemTable(recordKeys, recordIndexes);
	const served = new Map<string, number>();
	const losing = new Map<string, number>();
	let failing = false;
	const service = jsonService("com.amazonaws.dynamodb.v20120810", (operation, input) => {
		served.set(operation, (served.get(operation) ?? 0) + 1);
		if (failing) throw failure();
		return answerDynamoDb(items, table, operation, input);
	});
	const requestHandler: AccountHandler = {
		...service,
		async handle(request) {
			const answer = await service.handle(request);
			const left = losing.get(targetOf(request)) ?? 0;
			losing.set(targetOf(request), left - 1);
			if (left > 0) throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
			return answer;
		},
	};
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const { dynamodb } = createInProcessClients({ region, credentials, grounds: { dynamodb: { requestHandler } } });
	return {
		ground: { requestHandler },
		table,
		dynamodb,
		served,
		fail: (state) => {
			failing = state === "failing";
		},
		loseAnswers: (operation, times) => void losing.set(operation, times),
		stop: async () => dynamodb.destroy(),
	};
}
