import { SweepIncomplete } from "../faults.ts";
import type { World } from "../ports.ts";
import { sweepMarks } from "./sweep-marks.ts";
import { sweepOpenRecords } from "./sweep-open-records.ts";
import { beginRun } from "./sweep-run.ts";
import { sweepWaiting } from "./sweep-waiting.ts";

/**
 * The second net, for what no message has told: takes in instances that wait for a hook of ours, opens the next generation
 * of a maintenance whose execution has ended, lets one look again whose instance is gone, revokes marks that are not true.
 *
 * Every run is bounded; what it does not come to, the next one does. Repeating it, and two at once, are harmless. Throws
 * SweepIncomplete, at the end, when something could not be looked after.
 */
export async function sweep(world: World, hookNames: readonly string[]): Promise<void> {
	const run = beginRun(world);
	await sweepWaiting(run, world, hookNames);
	await sweepOpenRecords(run, world);
	await sweepMarks(run, world);
	world.notices.say({ event: "sweep", ...Object.fromEntries(run.counts) });
	const failed = run.counts.get("failed") ?? 0;
	if (failed > 0)
		throw new SweepIncomplete(`cannot look after everything: ${failed} failed, see the lines with event "sweep failed"`);
}
