import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { withoutMark } from "../domain/release-changes.ts";
import { type LookAt, whyUntrue } from "../domain/untrue-mark.ts";
import type { MarkFacts, World } from "../ports.ts";
import { changeRecord } from "./maintenance-record.ts";
import { clusterOfRecord } from "./step.ts";
import type { SweepRun } from "./sweep-run.ts";

/** Revokes every safe-to-terminate mark that is not true any more. */
export function sweepMarks(run: SweepRun, world: World): Promise<void> {
	return run.each(
		"marks",
		() => world.instances.marked(),
		({ instanceId }) => instanceId,
		(mark) => check(mark, world),
	);
}

async function check({ instanceId, value }: MarkFacts, world: World): Promise<string> {
	const latest = await world.records.latest(instanceId);
	if (!latest) return "mark stands";
	const why = await reasonAgainst(latest, world);
	if (why === undefined) return "mark stands";
	// Written first, on the state that was judged: a Release that has begun since keeps its own mark.
	const after = await changeRecord(latest, world, (was) => (was.state === latest.state ? withoutMark(was) : undefined));
	if (!after) return "mark stands";
	// This mark and no other: the next generation may have set its own by now.
	await world.instances.unmark(instanceId, value);
	world.notices.say({ event: "mark revoked", maintenance: executionName(latest), instanceId, why });
	return "mark revoked";
}

/** Asks the cluster only where the maintenance has let go, and looks only where no Node is open anyway. */
async function reasonAgainst(latest: MaintenanceRecord, world: World): Promise<string | undefined> {
	if (latest.state !== "released") return whyUntrue({ latest });
	const cluster = clusterOfRecord(latest, world);
	const nodes = await cluster.findNodes({ instanceId: latest.instanceId });
	const why = whyUntrue({ latest, nodes });
	if (why !== undefined) return why;
	const looks: LookAt[] = [];
	for (const node of nodes.length > 0 || !latest.node ? nodes : [latest.node])
		looks.push({ node, look: await cluster.look(node, "progress") });
	return whyUntrue({ latest, looks });
}
