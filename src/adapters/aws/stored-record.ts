import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { MaintenanceKey, MaintenanceRecord } from "../../domain/record.ts";
import { RecordUnreadable } from "../../faults.ts";

const text = z.string();
const instant = z.number();
const count = z.int().nonnegative();

const hook = z.looseObject({
	group: text,
	hook: text,
	token: text,
	timeoutSeconds: z.number(),
	limitAt: instant,
	lostAt: instant.exactOptional(),
	completedAt: instant.exactOptional(),
});

const fate = z.looseObject({
	kind: z.enum(["migrates", "restarts elsewhere", "is replaced", "stops", "is lost", "blocks"]),
	why: text,
	until: z.enum(["soon", "room", "operator"]).exactOptional(),
	by: z.enum(["kubevirt", "external"]).exactOptional(),
});

const outcome = z.discriminatedUnion("kind", [
	z.looseObject({ kind: z.literal("migrated"), to: text }),
	z.looseObject({ kind: z.literal("restarted"), to: text }),
	z.looseObject({ kind: z.enum(["restarting", "replaced", "stopped", "lost"]) }),
]);

const trouble = z.looseObject({
	kind: z.enum([
		"no-node",
		"two-nodes",
		"not-our-node",
		"node-not-ready",
		"vm-blocks",
		"vm-would-end",
		"no-room",
		"too-many-leave",
		"guard-missing",
		"guard-unreachable",
		"eviction-refused",
		"migration-failing",
		"stalled",
		"hook-lost",
		"hook-too-short",
		"hook-ends",
		"instance-gone",
		"cancel-held",
		"mark-stays",
	]),
	about: text,
	says: text,
});

const slotWait = z.looseObject({
	since: instant,
	place: count,
	orders: count,
	lookedAt: instant.exactOptional(),
	paused: z.looseObject({ leaving: count, count }).exactOptional(),
});

/** Loose: what a newer version has added is read, and written again. */
const recordSchema = z.looseObject({
	instanceId: text,
	generation: count,
	version: count,
	cluster: text,
	state: z.enum(["open", "releasing", "released", "gone", "restored", "handed over"]),
	openedAt: instant,
	closedAt: instant.exactOptional(),
	requests: z.array(text),
	reason: text,
	deadline: instant.exactOptional(),
	hooks: z.array(hook),
	beatSeconds: z.number(),
	laterBeat: z.looseObject({ after: text, seconds: z.number() }).exactOptional(),
	lastBeatAt: instant,
	orders: count,
	mayEnd: z.array(text),
	urgent: z.boolean().exactOptional(),
	node: z.looseObject({ name: text, uid: text, providerId: text }).exactOptional(),
	cordonedAt: instant.exactOptional(),
	vms: z.array(
		z.looseObject({
			namespace: text,
			name: text,
			uid: text,
			fate,
			outcome: outcome.exactOptional(),
			outcomeAt: instant.exactOptional(),
		}),
	),
	surveyedAt: instant.exactOptional(),
	vmNodes: z.looseObject({ count, leaving: z.array(text), hasOurs: z.boolean() }).exactOptional(),
	slot: slotWait.exactOptional(),
	refusals: z.record(text, z.looseObject({ count: z.number(), nextAt: instant, why: text })),
	trouble: z.array(trouble),
	toldAt: instant.exactOptional(),
	left: z.looseObject({ vms: count, pods: count, changedAt: instant }).exactOptional(),
	releasing: z.looseObject({ turn: text, at: instant, tokens: z.array(text) }).exactOptional(),
	markedAt: instant.exactOptional(),
	requestedAt: instant.exactOptional(),
	cancel: z
		.looseObject({
			at: instant,
			issuedAt: instant,
			requestId: text,
			by: text.exactOptional(),
			reason: text.exactOptional(),
		})
		.exactOptional(),
	cancelledUntil: instant.exactOptional(),
	foreignCordon: z.boolean().exactOptional(),
}) satisfies z.ZodType<MaintenanceRecord>;

/** The fields of a record that this version knows. */
export const RECORD_FIELDS: readonly string[] = Object.keys(recordSchema.shape);

type StoredItem = Parameters<typeof unmarshall>[0];

/** Throws RecordUnreadable, which names the record and each field that is wrong. */
export function parseStoredRecord(key: Partial<MaintenanceKey>, item: StoredItem): MaintenanceRecord {
	const stored: Record<string, unknown> = unmarshall(item);
	const parsed = recordSchema.safeParse(stored);
	if (parsed.success) return parsed.data;
	const generation = key.generation ?? stored.generation;
	throw new RecordUnreadable(`cannot read the record ${key.instanceId}-${generation}:\n${z.prettifyError(parsed.error)}`, {
		cause: parsed.error,
	});
}
