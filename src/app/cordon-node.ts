import { MAINTENANCE_ANNOTATION, REASON_ANNOTATION } from "../domain/cordon.ts";
import { withCordon } from "../domain/cordon-changes.ts";
import type { NodeIdentity } from "../domain/identity.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { isClosed } from "../domain/record-changes.ts";
import type { World } from "../ports.ts";
import { heedCancel } from "./heed-cancel.ts";
import { changeRecord, readRecord } from "./maintenance-record.ts";
import { overResult } from "./over.ts";
import { clusterOfRecord, type Step, stepResult } from "./step.ts";

/** Cordons this very Node, whoever cordoned it before, and says on it why and for whom. */
export const cordonNode: Step = async (key, world, attempt) => {
	const record = await readRecord(key, world);
	const { clock } = world;
	if (isClosed(record)) return overResult(record, attempt, clock.now());
	const cancelled = await heedCancel(record, world, attempt);
	if (cancelled) return cancelled;
	if (!record.node) return stepResult({ next: "assess", why: "the node is not known yet" }, record, attempt, clock.now());
	const cordoned = await clusterOfRecord(record, world).cordon(record.node, {
		[MAINTENANCE_ANNOTATION]: executionName(record),
		[REASON_ANNOTATION]: record.reason,
	});
	// Assess sees what the Node has become, and says so.
	if (cordoned !== "cordoned")
		return stepResult({ next: "assess", why: `the Node is ${cordoned}` }, record, attempt, clock.now());
	const after = await changeRecord(key, world, (was) => {
		if (isClosed(was)) return undefined;
		return was.cordonedAt === undefined ? withCordon(was, clock.now()) : was;
	});
	if (after) return stepResult({ next: "admit", why: "the node is cordoned" }, after, attempt, clock.now());
	await undoIfRestored({ ...record, node: record.node }, world);
	return stepResult({ next: "done", why: "the maintenance ended meanwhile" }, record, attempt, clock.now());
};

/** A Cordon that stood still while its drain was taken back is the only one to know that the node is cordoned again. */
async function undoIfRestored(record: MaintenanceRecord & { readonly node: NodeIdentity }, world: World): Promise<void> {
	const latest = await world.records.latest(record.instanceId);
	if (latest?.state !== "restored") return;
	const what = { schedulable: !latest.foreignCordon, annotations: [MAINTENANCE_ANNOTATION, REASON_ANNOTATION] };
	const answer = await clusterOfRecord(record, world).uncordon(record.node, what);
	world.notices.say({ event: "uncordoned", maintenance: executionName(record), node: record.node.name, answer, ...what });
}
