import type { Look } from "../domain/look.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { withoutMark } from "../domain/record-changes.ts";
import { whyUntrue } from "../domain/untrue-mark.ts";
import type { World } from "../ports.ts";
import { changeRecord } from "./maintenance-record.ts";
import type { SweepRun } from "./sweep-run.ts";

/** Revokes every safe-to-terminate mark that is not true any more. */
export function sweepMarks(run: SweepRun, world: World): Promise<void> {
	return run.each(
		"marks",
		() => world.instances.marked(),
		String,
		(instanceId) => check(instanceId, world),
	);
}

async function check(instanceId: string, world: World): Promise<string> {
	const latest = await world.records.latest(instanceId);
	const why = whyUntrue({ latest, look: latest && (await lookAt(latest, world)) });
	if (!latest || why === undefined) return "mark stands";
	// Written first, on the state that was judged: a Release that has begun since keeps its own mark.
	const after = await changeRecord(latest, world, (was) => (was.state === latest.state ? withoutMark(was) : undefined));
	if (!after) return "mark stands";
	await world.instances.unmark(instanceId);
	world.notices.say({ event: "mark revoked", maintenance: executionName(latest), instanceId, why });
	return "mark revoked";
}

/** A look at the Node of a maintenance that has let go; undefined where it does not matter, or is gone. */
async function lookAt(record: MaintenanceRecord, { clusters }: World): Promise<Look | undefined> {
	const cluster = clusters.get(record.cluster);
	if (record.state !== "released" || !cluster) return undefined;
	const nodes = await cluster.findNodes({ instanceId: record.instanceId });
	const node = nodes.find(({ unschedulable }) => !unschedulable) ?? nodes[0];
	return node && cluster.look(node, "progress");
}
