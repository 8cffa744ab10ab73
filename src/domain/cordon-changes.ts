import { isCordonedByUs } from "./cordon.ts";
import type { NodeIdentity } from "./identity.ts";
import type { NodeFacts } from "./look.ts";
import type { MaintenanceRecord } from "./record.ts";

/** The node under maintenance is this one; what was known of another one's cordon is forgotten. */
export function withNode(record: MaintenanceRecord, { name, uid, providerId }: NodeIdentity): MaintenanceRecord {
	const { node, cordonedAt, ...rest } = record;
	const same = node?.name === name && node.uid === uid && node.providerId === providerId;
	return same ? record : { ...rest, node: { name, uid, providerId } };
}

/** The node has just become cordoned, or was found so for the first time. */
export const withCordon = (record: MaintenanceRecord, now: number): MaintenanceRecord => ({ ...record, cordonedAt: now });

/** Somebody uncordoned the node: whatever S7 counted from begins again. */
export function withoutCordon(record: MaintenanceRecord): MaintenanceRecord {
	const { cordonedAt, ...rest } = record;
	return cordonedAt === undefined ? record : rest;
}

/** Who cordoned the node, as far as a look before our own cordon can tell: what we cordon carries our annotation. */
export function withCordonOf(record: MaintenanceRecord, node: NodeFacts | undefined): MaintenanceRecord {
	const { foreignCordon, ...rest } = record;
	if (node?.unschedulable === false) return foreignCordon === undefined ? record : rest;
	return node === undefined || foreignCordon || isCordonedByUs(node, record) ? record : { ...record, foreignCordon: true };
}
