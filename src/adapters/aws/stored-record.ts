import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { Hook, MaintenanceKey, MaintenanceRecord, Progress } from "../../domain/record.ts";
import { RecordUnreadable } from "../../faults.ts";

const text = z.string();
const instant = z.number();
const count = z.int().nonnegative();

const hook = z.looseObject({
	group: text,
	hook: text,
	/** Empty, not absent, when it is unknown: earlier versions insist on one. */
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

const troubleKind = z.enum([
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
	"heartbeat-refused",
	"hook-lost",
	"hook-too-short",
	"hook-ends",
	"instance-gone",
	"cancel-held",
	"mark-stays",
]);
const trouble = z.looseObject({ kind: troubleKind, about: text, says: text });

/** What only a newer version has a word for is left out: its own functions look, and say it again. */
const troubles = z
	.array(z.looseObject({ kind: text }))
	.transform((all) => all.filter(({ kind }) => troubleKind.safeParse(kind).success))
	.pipe(z.array(trouble));

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
	refusedBeats: z.looseObject({ hooks: z.array(text), why: text, at: instant }).exactOptional(),
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
	unlisted: z.looseObject({ ended: count, present: count }).exactOptional(),
	surveyedAt: instant.exactOptional(),
	vmNodes: z.looseObject({ count, leaving: z.array(text), hasOurs: z.boolean() }).exactOptional(),
	slot: slotWait.exactOptional(),
	refusals: z.record(text, z.looseObject({ count: z.number(), nextAt: instant, why: text })),
	trouble: troubles,
	toldAt: instant.exactOptional(),
	left: z.looseObject({ vms: count, pods: count, changedAt: instant, unproven: text.exactOptional() }).exactOptional(),
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
	continuedAs: count.exactOptional(),
}) satisfies z.ZodType<MaintenanceRecord>;

/** The fields of a record that this version knows. */
export const RECORD_FIELDS: readonly string[] = Object.keys(recordSchema.shape);

const progressSchema = recordSchema.pick({ vms: true, unlisted: true, refusals: true, trouble: true, left: true });

type StoredItem = Parameters<typeof unmarshall>[0];

/**
 * The record of its own item and of the one that holds its progress, if there is one.
 *
 * An item without the number of a schema, or one into which an older version has written what looks show, is whole: what
 * stands in it counts. Throws RecordUnreadable, which names the record and each field that is wrong.
 */
export function parseStoredRecord(key: Partial<MaintenanceKey>, item: StoredItem, progress?: StoredItem): MaintenanceRecord {
	const { schema, open, expiresAt, tokenless, ...stored }: Record<string, unknown> = unmarshall(item);
	const generation = key.generation ?? stored.generation;
	const { hooks, ...read } = parsed(recordSchema, stored, `the record ${key.instanceId}-${generation}`);
	const record = { ...read, hooks: hooks.map(knownHook) };
	if (schema === undefined || !isBlank(record)) return { ...record, whole: true };
	if (!progress) return record;
	const seen = parsed(progressSchema, unmarshall(progress), `the progress of the record ${key.instanceId}-${generation}`);
	const { vms, unlisted, refusals, trouble, left } = seen;
	return { ...record, vms, refusals, trouble, ...(unlisted && { unlisted }), ...(left && { left }) };
}

function knownHook({ token, ...rest }: z.output<typeof recordSchema>["hooks"][number]): Hook {
	return token === "" ? rest : { ...rest, token };
}

/** Nothing has been seen yet. */
export const isBlank = ({ vms, unlisted, refusals, trouble, left }: Progress): boolean =>
	vms.length + trouble.length + Object.keys(refusals).length === 0 && unlisted === undefined && left === undefined;

function parsed<T>(schema: z.ZodType<T>, stored: Record<string, unknown>, what: string): T {
	const read = schema.safeParse(stored);
	if (read.success) return read.data;
	throw new RecordUnreadable(`cannot read ${what}:\n${z.prettifyError(read.error)}`, { cause: read.error });
}
