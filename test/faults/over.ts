import { isClosed } from "../../src/domain/record-changes.ts";
import type { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { isMarked } from "./mark.ts";
import type { Plan } from "./plan.ts";
import { LEAVING } from "./stage.ts";

/** A run under way, as far as its end depends on it. Instants in epoch milliseconds. */
type UnderWay = {
	readonly plan: Plan;
	readonly clock: VirtualClock;
	/** It is played so long in any case. */
	readonly atLeast: number;
	/** The last instant of which a fault is known to last. */
	readonly lastsUntil: () => number;
	/** Whether anything lives on the instance. */
	readonly isInhabited: () => boolean;
	/** Whether any trouble was told. */
	readonly isTold: () => boolean;
	/** Whether the simulation itself has failed. */
	readonly isBroken: () => boolean;
};

const MINUTE = 60_000;
const LOOK_MS = MINUTE;
/** From the end of the last fault to that of the run: Hold's patience of an hour, and a drain. */
const DEADLINE_MS = 150 * MINUTE;
/** A drain that has said what it stands still for, and in which nothing has changed for so long, changes no more by itself. */
const SETTLED_MS = 12 * MINUTE;

/** Until everything has ended, or has had all the time that it may take. */
export async function untilOver(ground: EmbeddedGround, run: UnderWay): Promise<void> {
	const { clock, atLeast, lastsUntil } = run;
	for (;;) {
		await clock.sleep(LOOK_MS);
		const hasHad = (ms: number) => clock.now() > Math.max(atLeast, lastsUntil() + ms);
		if (run.isBroken() || hasHad(DEADLINE_MS)) return;
		if (hasHad(2 * LOOK_MS) && (await isOver(ground, run))) return;
		if (hasHad(SETTLED_MS) && (await standsStill(ground, run))) return;
	}
}

/** Its trouble is told, and nothing has left the node since. */
async function standsStill({ worldOf }: EmbeddedGround, { plan, clock, isTold }: UnderWay): Promise<boolean> {
	if (plan.patient || !isTold()) return false;
	const record = await worldOf("intake").records.latest(LEAVING);
	const since = record?.left?.changedAt ?? record?.openedAt ?? Number.POSITIVE_INFINITY;
	return record !== undefined && record.trouble.length > 0 && clock.now() > since + SETTLED_MS;
}

/** The instance is gone, or nobody wants it any more; nothing runs, waits on a queue, or is left for Sweep to find. */
async function isOver(ground: EmbeddedGround, { plan, isInhabited }: UnderWay): Promise<boolean> {
	const { aws, machine, queues, worldOf } = ground;
	if (isMarked(ground) && isInhabited()) return false;
	const { ec2, lifecycle } = aws.instance(LEAVING);
	const gone = ec2 === "terminated" || (lifecycle === "InService" && plan.world.begins === "order");
	if (!gone || machine.list().some(({ status }) => status === "RUNNING")) return false;
	const record = await worldOf("intake").records.latest(LEAVING);
	if (record !== undefined && !isClosed(record)) return false;
	const there = [await queues.inspect("events"), await queues.inspect("orders")];
	return there.every(({ ready, inFlight }) => ready.length + inFlight.length === 0);
}
