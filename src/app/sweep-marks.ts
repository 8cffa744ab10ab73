import type { NodeFacts } from "../domain/look.ts";
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
	const node = latest && (await nodeOf(latest, world));
	const why = whyUntrue({ latest, node });
	if (!latest || why === undefined) return "mark stands";
	// Written first, on the state that was judged: a Release that has begun since keeps its own mark.
	const after = await changeRecord(latest, world, (was) => (was.state === latest.state ? withoutMark(was) : undefined));
	if (!after) return "mark stands";
	await world.instances.unmark(instanceId);
	world.notices.say({ event: "mark revoked", maintenance: executionName(latest), instanceId, why });
	return "mark revoked";
}

/** The Node of a maintenance that has let go, as it is now; undefined where it does not matter, or is gone. */
async function nodeOf(record: MaintenanceRecord, { clusters }: World): Promise<NodeFacts | undefined> {
	if (record.state !== "released") return undefined;
	const nodes = (await clusters.get(record.cluster)?.findNodes({ instanceId: record.instanceId })) ?? [];
	return nodes.find(({ unschedulable }) => !unschedulable) ?? nodes[0];
}
