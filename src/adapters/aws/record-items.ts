import { isEnded } from "../../domain/generations.ts";
import type { MaintenanceKey, MaintenanceRecord, Progress } from "../../domain/record.ts";
import { isClosed } from "../../domain/record-changes.ts";
import { RECORD_FIELDS } from "./stored-record.ts";

/**
 * The items of one maintenance, all of one table: the record itself under (instance, generation), and what looks show and
 * the history under keys of their own, `<instance>#progress` and `<instance>#history`, beside it.
 */
type ItemKey = { readonly instanceId: string; readonly generation: number };

export const keyOfRecord = ({ instanceId, generation }: MaintenanceKey): ItemKey => ({ instanceId, generation });
export const keyOfProgress = ({ instanceId, generation }: MaintenanceKey): ItemKey => ({
	instanceId: `${instanceId}#progress`,
	generation,
});
export const keyOfHistory = ({ instanceId, generation }: MaintenanceKey): ItemKey => ({
	instanceId: `${instanceId}#history`,
	generation,
});

/** How the items are laid out: 1 was everything in one item, without this number. Fields are only ever added. */
const SCHEMA = 2;

/**
 * Days for which the items of an ended maintenance are kept. Longer than Step Functions keeps the name of an execution
 * (90 days), since generations begin at 1 again afterwards, and than any message lasts in a queue and its dead letters.
 */
const KEPT_DAYS = 100;

/** Epoch seconds, as DynamoDB wants them; undefined while the maintenance is open. */
export const expiresAt = (record: MaintenanceRecord): number | undefined =>
	isClosed(record) && record.closedAt !== undefined
		? Math.ceil(Math.max(record.closedAt, record.cancelledUntil ?? 0) / 1000) + KEPT_DAYS * 86_400
		: undefined;

const PROGRESS_FIELDS = ["vms", "unlisted", "refusals", "trouble", "left"] as const satisfies readonly (keyof Progress)[];

/** What an older version insists on; it finds nothing there, and looks again. */
const noProgress = { vms: [], unlisted: undefined, refusals: {}, trouble: [], left: undefined };

/** Every known field with its value, and undefined for those that are to be removed. */
const known = RECORD_FIELDS.map((field) => [field, undefined] as const);

/** The record's own item, without its key. A `whole` one holds the progress too. */
export function recordFields(record: MaintenanceRecord): Record<string, unknown> {
	const { instanceId, generation, whole, ...fields } = record;
	const { instanceId: _instance, generation: _generation, ...none } = Object.fromEntries(known);
	return {
		...none,
		...fields,
		hooks: fields.hooks.map((hook) => ({ ...hook, token: hook.token ?? "" })),
		...(!whole && { ...noProgress, schema: SCHEMA }),
		// Sparse: only what is not over is in the index of this name.
		open: isEnded(record) || record.continuedAs !== undefined ? undefined : "1",
		expiresAt: expiresAt(record),
		// Plain states read it: they send the heartbeat by the instance's id then.
		tokenless: record.hooks.some(({ token }) => token === undefined) || undefined,
	};
}

/** The progress item, without its key; the version of the record that it belongs to says which of two is newer. */
export const progressFields = (record: MaintenanceRecord): Record<string, unknown> => ({
	...Object.fromEntries(PROGRESS_FIELDS.map((field) => [field, record[field]])),
	version: record.version,
	schema: SCHEMA,
	expiresAt: expiresAt(record),
});

export const isSameProgress = (a: Progress, b: Progress): boolean => PROGRESS_FIELDS.every((field) => a[field] === b[field]);
