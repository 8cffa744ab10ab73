import { type AttributeValue, GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { createRecords } from "../../../src/adapters/aws/records.ts";
import { happeningsOf } from "../../../src/domain/history.ts";
import type { MaintenanceRecord, Refusal, VmStory } from "../../../src/domain/record.ts";
import { withRefusals, withTrouble } from "../../../src/domain/record-changes.ts";
import { mergeRequest, openRecord } from "../../../src/domain/record-requests.ts";
import { nextRefusal } from "../../../src/domain/refusal.ts";
import { withReleased, withReleasing } from "../../../src/domain/release-changes.ts";
import { shortened } from "../../../src/domain/shortened.ts";
import { withStories } from "../../../src/domain/story-changes.ts";
import { keptTroubles } from "../../../src/domain/trouble-limits.ts";
import { createMemoryRecordStore } from "../../../src/local/records/memory-record-store.ts";
import { type RecordStore, startRecordStore } from "../../../src/local/records/record-store.ts";
import type { Records } from "../../../src/ports.ts";
import { aHook, aRecord, aRequest, NOW } from "../../domain/builders.ts";

jest.setTimeout(60_000);

const stores = [
	{ where: "the emulator on loopback", start: startRecordStore },
	{ where: "the function in this process", start: async (options: { region: string }) => createMemoryRecordStore(options) },
];

const story = (name: string): VmStory => ({
	namespace: "shop",
	name,
	uid: `${name}-uid`,
	fate: { kind: "migrates", why: "LiveMigrate", by: "kubevirt" },
});

const recordOf = (instanceId: string, some: Partial<MaintenanceRecord> = {}) => aRecord({ instanceId, version: 1, ...some });

/** What DynamoDB counts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function bytesOf(value: AttributeValue): number {
	if (value.S !== undefined) return Buffer.byteLength(value.S);
	if (value.N !== undefined) return 21;
	if (value.L) return 3 + value.L.reduce((sum, item) => sum + 1 + bytesOf(item), 0);
	if (value.M) return 3 + Object.entries(value.M).reduce((sum, [name, item]) => sum + 1 + name.length + bytesOf(item), 0);
	return 1;
}

describe.each(stores)("on $where,", ({ start }) => {
	let store: RecordStore;
	let records: Records;

	beforeAll(async () => {
		store = await start({ region: "eu-west-1" });
		records = createRecords(store, store.table);
	});
	afterAll(() => store.stop());

	const rawItem = async (instanceId: string): Promise<Record<string, AttributeValue>> => {
		const Key = { instanceId: { S: instanceId }, generation: { N: "1" } };
		const get = new GetItemCommand({ TableName: store.table, Key, ConsistentRead: true });
		return (await store.dynamodb.send(get)).Item ?? {};
	};
	const itemOf = async (instanceId: string) => unmarshall(await rawItem(instanceId));

	describe("what looks show", () => {
		it("lies in an item of its own, which is written only when it has changed", async () => {
			const was = recordOf("i-1");
			await records.create(was);
			expect(await itemOf("i-1#progress")).toEqual({});

			const seen = withStories(was, [story("web")]);
			await records.replace(was, seen);
			await records.replace({ ...seen, version: 2 }, { ...seen, orders: 1 });

			expect(await records.read(was)).toEqual({ ...seen, version: 3, orders: 1 });
			expect(await itemOf("i-1")).toMatchObject({ version: 3, orders: 1, vms: [] });
			expect(await itemOf("i-1#progress")).toMatchObject({ version: 2, vms: [story("web")] });
		});

		it("is not part of the fence", async () => {
			const was = recordOf("i-2", { vms: [story("web")] });
			await records.create(was);

			expect(await records.readFence(was)).toEqual(recordOf("i-2"));
			expect(await records.readFence({ ...was, generation: 2 })).toBeUndefined();
		});

		it("of whoever loses the race is not written", async () => {
			const was = recordOf("i-3");
			await records.create(was);
			const tries = ["a", "b", "c", "d"].map((name) => records.replace(was, withStories(was, [story(name)])));
			const won = (await Promise.all(tries)).indexOf(true);

			expect((await records.read(was))?.vms).toEqual([story(["a", "b", "c", "d"][won] ?? "")]);
		});

		it("does not give way to what an older version has seen, written late", async () => {
			const was = recordOf("i-4");
			await records.create(was);
			const newer = {
				instanceId: "i-4#progress",
				generation: 1,
				version: 9,
				schema: 2,
				vms: [story("new")],
				refusals: {},
				trouble: [],
			};
			await store.dynamodb.send(new PutItemCommand({ TableName: store.table, Item: marshall(newer) }));

			expect(await records.replace(was, withStories(was, [story("old")]))).toBe(true);
			expect(await itemOf("i-4#progress")).toEqual(newer);
		});
	});

	describe("a record that is open", () => {
		const openKeys = async () => {
			const query = new QueryCommand({
				TableName: store.table,
				IndexName: "open",
				KeyConditionExpression: "#open = :one",
				ExpressionAttributeNames: { "#open": "open" },
				ExpressionAttributeValues: { ":one": { S: "1" } },
			});
			const { Items = [] } = await store.dynamodb.send(query);
			return Items.map((item) => unmarshall(item)).filter(({ instanceId }) => String(instanceId).startsWith("i-5"));
		};

		it("is in the index of open ones until it is closed; from then on its items expire", async () => {
			const was = recordOf("i-5", { vms: [story("web")] });
			await records.create(was);
			expect(await openKeys()).toEqual([{ open: "1", instanceId: "i-5", generation: 1 }]);

			const releasing = withReleasing(was, "turn", ["token-1"], NOW);
			await records.replace(was, releasing);
			expect(await openKeys()).toHaveLength(1);
			expect(await itemOf("i-5")).not.toHaveProperty("expiresAt");

			const released = withReleased(releasing, "turn", NOW);
			if (released) await records.replace({ ...releasing, version: 2 }, released);
			const expiresAt = NOW / 1000 + 100 * 86_400;
			expect(await openKeys()).toEqual([]);
			expect(await itemOf("i-5")).toMatchObject({ state: "released", expiresAt });
			expect(await itemOf("i-5#progress")).toMatchObject({ vms: [story("web")], expiresAt });
			expect(await records.read(was)).toEqual({ ...released, version: 3 });
		});
	});

	describe("the history", () => {
		it("keeps the newest happenings, and expires with its record", async () => {
			const record = recordOf("i-6");
			for (let at = 1; at <= 130; at++) await records.remember(record, [{ at, what: `happened ${at}` }]);
			const { happened, expiresAt } = await itemOf("i-6#history");

			expect(happened).toHaveLength(109);
			expect(happened[0]).toEqual({ at: 22, what: "happened 22" });
			expect(happened.at(-1)).toEqual({ at: 130, what: "happened 130" });
			expect(expiresAt).toBeUndefined();

			await records.remember({ ...record, state: "gone", closedAt: NOW }, [{ at: 131, what: "gone" }]);
			expect(await itemOf("i-6#history")).toMatchObject({ expiresAt: NOW / 1000 + 100 * 86_400 });
		});
	});

	describe("with 500 VMs of the longest names", () => {
		const long = (index: number) => `${String(index).padStart(4, "0")}${"v".repeat(249)}`;
		const numbers = Array.from({ length: 500 }, (_, index) => index);
		const namespace = "n".repeat(63);
		const why = "KubeVirt says that it cannot: é".repeat(40);

		const stories = (some: Partial<VmStory>): readonly VmStory[] =>
			numbers.map((index) => ({
				namespace,
				name: long(index),
				uid: `${index}`.padStart(36),
				fate: { kind: "migrates", why: shortened(why, 160) },
				...some,
			}));

		const full = (some: Partial<VmStory>): MaintenanceRecord => {
			const mayEnd = numbers.map((index) => `${namespace}/${long(index)}`);
			const opened = { ...openRecord(aRequest({ mayEnd, reason: "r".repeat(500) }), 1, NOW), instanceId: "i-7" };
			const asked = numbers
				.slice(0, 300)
				.reduce((record, index) => mergeRequest(record, aRequest({ requestId: `${"q".repeat(120)}${index}` })), opened);
			const hooks = numbers.slice(0, 50).map((index) => aHook({ hook: `${"h".repeat(250)}${index}`, group: "g".repeat(255) }));
			const refusals = numbers.map((index): [string, Refusal] => [
				`${index}`.padStart(36),
				nextRefusal(undefined, { says: why }, NOW),
			]);
			const troubles = numbers.map((index) => ({ kind: "vm-blocks" as const, about: `${namespace}/${long(index)}`, says: why }));
			const present = numbers.map((index) => `${index}`.padStart(36));
			const seen = withRefusals(withStories({ ...asked, hooks }, stories(some)), Object.fromEntries(refusals), present);
			return { ...withTrouble(seen, keptTroubles(troubles)), left: { vms: 500, pods: 500, changedAt: NOW } };
		};

		it.each([
			["all still there", {}],
			["all gone", { outcome: { kind: "migrated", to: "t".repeat(253) }, outcomeAt: NOW }],
		] as const)("%s, every item stays far below the limit of 400 KB, and what is cut is counted", async (_, some) => {
			const was = { ...full({}), vms: [], instanceId: _ };
			await records.create(was);
			const record = { ...full(some), instanceId: _ };
			expect(await records.replace(was, record)).toBe(true);
			const sizes = [await rawItem(_), await rawItem(`${_}#progress`)].map((M) => bytesOf({ M }));

			expect(Math.max(...sizes)).toBeLessThan(300_000);
			expect(Math.min(...sizes)).toBeGreaterThan(150_000);
			expect(record.vms.length).toBeGreaterThan(250);
			const { vms, unlisted = { ended: 0, present: 0 }, refusals, trouble, requests, mayEnd } = record;
			expect(vms.length + unlisted.ended + unlisted.present).toBe(500);
			expect(Object.keys(refusals)).toHaveLength(500);
			expect([requests.length, mayEnd.length]).toEqual([200, 500]);
			expect(trouble.map(({ about }) => about)).toEqual([...numbers.slice(0, 8).map((n) => `${namespace}/${long(n)}`), "others"]);
			// The next look shows the same, and nothing has to be written.
			const again = stories(some).slice(vms.length);
			if (unlisted.ended === 0) expect(withStories(record, [...vms, ...again])).toBe(record);
		});

		it("its history stays small", () => {
			const record = full({});
			const happenings = happeningsOf({ ...record, trouble: [], requests: [], hooks: [] }, record);

			expect(Math.max(...happenings.map((what) => what.length))).toBeLessThanOrEqual(200);
		});
	});
});
