import { SIGN_OF_LIFE_MS, withBeatsRefused } from "../domain/heartbeats.ts";
import { withBeat, withHookLost } from "../domain/hook-changes.ts";
import { openHooks } from "../domain/pace.ts";
import { actionKey, executionName, type MaintenanceRecord } from "../domain/record.ts";
import type { World } from "../ports.ts";
import { changeRecord } from "./maintenance-record.ts";

/**
 * Sends a heartbeat for every hook that still waits for us, and answers the record as it is then. Without a hook the record
 * alone is told from time to time, so that others see the drain alive; and so where AWS refuses the heartbeats.
 *
 * One that AWS does not answer does not keep the others from theirs, and the beat stays due.
 */
export async function beat(record: MaintenanceRecord, world: World): Promise<MaintenanceRecord> {
	const hooks = openHooks(record);
	const now = world.clock.now();
	if (hooks.length === 0 && now - record.lastBeatAt < SIGN_OF_LIFE_MS) return record;
	const lost: string[] = [];
	const refused: string[] = [];
	let why = "";
	for (const hook of hooks) {
		try {
			if ((await world.instances.heartbeat(record.instanceId, hook)) === "lost") lost.push(actionKey(hook));
		} catch (fault) {
			refused.push(actionKey(hook));
			why ||= String(fault);
			world.notices.say({ event: "heartbeat failed", maintenance: executionName(record), hook: hook.hook, why: String(fault) });
		}
	}
	const after = await changeRecord(record, world, (was) => {
		const beaten = refused.length === 0 ? withBeat(was, now) : withBeatsRefused(was, { hooks: refused, why, at: now });
		return lost.reduce((changed, key) => withHookLost(changed, key, now), beaten);
	});
	return after ?? record;
}
