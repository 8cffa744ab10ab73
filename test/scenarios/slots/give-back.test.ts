import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { createInProcessClients } from "../../../src/local/aws/in-process-clients.ts";
import { createMemoryRecordStore } from "../../../src/local/records/memory-record-store.ts";
import { serviceIntegrations } from "../../../src/local/service-integrations.ts";
import { machineUnderTest } from "../../local/workflow/machine-under-test.ts";
import { synthesised } from "../stage.ts";

const { definition, tableName: TableName } = synthesised();
const [INSTANCE, OTHER] = ["i-0123456789abcdef0", "i-0bbbbbbbbbbbb0001"];
const Key = marshall({ instanceId: "cluster#prod", generation: 0 });
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The generations that the instance's entries name. */
type Entries = { readonly lease?: number; readonly waiter?: number };

const withOther = (generation?: number) => ({
	[OTHER]: { generation: 1 },
	...(generation !== undefined && { [INSTANCE]: { generation } }),
});
const slotsWith = (version: number, { lease, waiter }: Entries) => ({
	version,
	leases: withOther(lease),
	waiting: withOther(waiter),
});

async function stored(dynamodb: DynamoDBClient): Promise<unknown> {
	const { Item = {} } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
	const { instanceId, generation, ...slots } = unmarshall(Item);
	return slots;
}

/** This state of the definition alone, in the execution of generation 2; the answer is what it leaves of these entries. */
async function leftBy(state: string, entries: Entries): Promise<unknown> {
	const { dynamodb, ground } = createMemoryRecordStore({ region: "eu-west-1", table: TableName });
	const Item = { ...Key, ...marshall(slotsWith(7, entries)) };
	await dynamodb.send(new PutItemCommand({ TableName, Item }));
	const ways = { Next: "On", Catch: [{ ErrorEquals: ["States.ALL"], Next: "On" }] };
	const States = { [state]: { ...definition.States[state], ...ways }, On: { Type: "Succeed" } };
	const clients = createInProcessClients({ region: "eu-west-1", credentials, grounds: { dynamodb: ground } });
	const { run } = machineUnderTest({ StartAt: state, States }, { integrations: serviceIntegrations(clients, () => {}) });
	const { status } = await run({ instanceId: INSTANCE, generation: "2", record: { Item: { cluster: { S: "prod" } } } });
	expect(status).toBe("SUCCEEDED");
	return stored(dynamodb);
}

describe.each(["Give back the slot in the end", "Give back the slot before Hold"])("%s", (state) => {
	it.each<Entries>([{ lease: 2 }, { waiter: 2 }, { lease: 1 }, { waiter: 1 }, { lease: 1, waiter: 2 }])(
		"takes away what the execution has in the slots, and what those before it left: %j",
		async (entries) => {
			expect(await leftBy(state, entries)).toEqual(slotsWith(8, {}));
		},
	);

	it.each<Entries>([{}, { lease: 3 }, { waiter: 3 }, { lease: 3, waiter: 1 }, { lease: 1, waiter: 3 }])(
		"leaves an instance that a later generation has taken over, and whatever is not its own: %j",
		async (entries) => {
			expect(await leftBy(state, entries)).toEqual(slotsWith(7, entries));
		},
	);
});
