import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { type ClusterSlots, noSlots } from "../../domain/slots.ts";
import { RecordUnreadable } from "../../faults.ts";
import type { Slots } from "../../ports.ts";
import { awsFault, isAwsError } from "./aws-fault.ts";

const instant = z.number();
const lease = z.looseObject({ generation: z.int(), since: instant, vmNode: z.boolean() });
const waiter = z.looseObject({ ...lease.shape, openedAt: instant, deadline: instant.exactOptional() });

/** Loose: what a newer version has added to an entry is kept. */
const slotsSchema = z.object({
	version: z.int().positive(),
	leases: z.record(z.string(), lease),
	waiting: z.record(z.string(), waiter),
	paused: z.looseObject({ since: instant, toldAt: instant, by: z.string(), liftedAt: instant.exactOptional() }).exactOptional(),
});

const keyOf = (cluster: string) => ({ instanceId: { S: `cluster#${cluster}` }, generation: { N: "0" } });

/**
 * Drain slots in the table of the maintenance records: partition key `cluster#<name>`, generation 0. Leases and waiters are
 * maps by instance, of which a write touches only the entries that it changes: who joins the queue is not in the way of who
 * leaves it, and the definition gives a slot back by itself.
 */
export function createSlots({ dynamodb }: { readonly dynamodb: DynamoDBClient }, table: string): Slots {
	const update = async (cluster: string, change: Change, cannot: string): Promise<boolean> => {
		const { sets, removes, condition, values = {} } = change;
		const { names, nameOf } = aliases();
		const set = sets.map(([path, value], index) => ({ text: `${path.map(nameOf).join(".")} = :s${index}`, value }));
		const remove = removes.map((path) => path.map(nameOf).join("."));
		const expression = `SET ${set.map(({ text }) => text).join(", ")}${remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""}`;
		const all = { ...values, ...Object.fromEntries(set.map(({ value }, index) => [`:s${index}`, value])) };
		const command = new UpdateItemCommand({
			TableName: table,
			Key: keyOf(cluster),
			UpdateExpression: expression,
			ConditionExpression: condition,
			ExpressionAttributeNames: { ...names, "#version": "version" },
			ExpressionAttributeValues: marshall(all, { removeUndefinedValues: true }) as Record<string, AttributeValue>,
		});
		try {
			await dynamodb.send(command);
			return true;
		} catch (error) {
			if (isAwsError(error, "ConditionalCheckFailedException")) return false;
			throw awsFault(cannot, error);
		}
	};

	return {
		async read(cluster) {
			const get = new GetItemCommand({ TableName: table, Key: keyOf(cluster), ConsistentRead: true });
			const cannot = `read the slots of cluster ${cluster}`;
			const { Item } = await dynamodb.send(get).catch((error: unknown) => {
				throw awsFault(cannot, error);
			});
			if (!Item) return noSlots(cluster);
			const stored = slotsSchema.safeParse(unmarshall(Item));
			if (stored.success) return { cluster, ...stored.data };
			throw new RecordUnreadable(`cannot ${cannot}:\n${z.prettifyError(stored.error)}`, { cause: stored.error });
		},

		replace: (was, next) => update(was.cluster, replacing(was, next), `write the slots of cluster ${was.cluster}`),

		enqueue: (cluster, instanceId, value) =>
			update(
				cluster,
				{ sets: [[["waiting", instanceId], value]], removes: [], condition: "attribute_exists(#version)" },
				`write into the queue of cluster ${cluster}`,
			),
	};
}

type Path = readonly string[];
type Change = {
	readonly sets: readonly (readonly [Path, unknown])[];
	readonly removes: readonly Path[];
	/** May name `#version`. */
	readonly condition: string;
	readonly values?: Readonly<Record<string, unknown>>;
};

function replacing(was: ClusterSlots, next: ClusterSlots): Change {
	const version: readonly [Path, unknown] = [["version"], was.version + 1];
	const paused: readonly (readonly [Path, unknown])[] = next.paused ? [[["paused"], next.paused]] : [];
	if (was.version === 0) {
		const sets: Change["sets"] = [version, [["leases"], next.leases], [["waiting"], next.waiting], ...paused];
		return { sets, removes: [], condition: "attribute_not_exists(#version)" };
	}
	const maps = (["leases", "waiting"] as const).map((map) => entryChanges(map, was[map], next[map]));
	return {
		sets: [version, ...maps.flatMap(({ sets }) => sets), ...paused],
		removes: maps.flatMap(({ removes }) => removes),
		condition: "#version = :was",
		values: { ":was": was.version },
	};
}

type Entries = Readonly<Record<string, unknown>>;

function entryChanges(map: string, was: Entries, next: Entries): Pick<Change, "sets" | "removes"> {
	return {
		sets: Object.entries(next).flatMap(([key, entry]) => (entry === was[key] ? [] : [[[map, key], entry] as const])),
		removes: Object.keys(was).flatMap((key) => (key in next ? [] : [[map, key]])),
	};
}

/** Instance ids have hyphens, which only names that stand for them may carry. */
function aliases() {
	const names: Record<string, string> = {};
	const nameOf = (name: string): string => {
		const alias = `#${name.replace(/[^A-Za-z0-9]/g, "_")}`;
		names[alias] = name;
		return alias;
	};
	return { names, nameOf };
}
