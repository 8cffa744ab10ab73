import { withHookCompleted, withHookLost } from "../domain/hook-changes.ts";
import type { NodeIdentity } from "../domain/identity.ts";
import type { Look } from "../domain/look.ts";
import { openHooks } from "../domain/pace.ts";
import { isFresh } from "../domain/proof-freshness.ts";
import { actionKey, executionName, type Hook, type MaintenanceRecord } from "../domain/record.ts";
import { isReleasedBy, withMark } from "../domain/release-changes.ts";
import type { World } from "../ports.ts";
import { changeRecord, readFence } from "./maintenance-record.ts";
import type { Attempt } from "./step.ts";

type Claimed = MaintenanceRecord & { readonly node: NodeIdentity };

/**
 * The acts that cannot be taken back: the mark, and CONTINUE for every token. Directly before each of them the second look
 * must still be fresh and the record must still be claimed by this try; otherwise it stops there and says why, and the whole
 * proof is made again.
 */
export async function letGo(record: Claimed, second: Look, world: World, attempt: Attempt): Promise<"let go" | string> {
	const now = world.clock.now();
	const name = executionName(record);
	// Written first: whoever finds the record afterwards knows that there may be a mark to revoke.
	const marked = await changeRecord(record, world, (was) =>
		was.cancel || !isReleasedBy(was, attempt.turn) ? undefined : withMark(was, now),
	);
	if (!marked) return "the drain was cancelled, or another try of this step has taken over";
	const doubt = await doubtOf(record, second, world, attempt);
	if (doubt) return doubt;
	await world.instances.mark(record.instanceId, `${new Date(now).toISOString()} generation ${record.generation}`);
	world.notices.say({ event: "marked", maintenance: name, instanceId: record.instanceId });
	for (const hook of openHooks(record)) {
		const doubt = await doubtOf(record, second, world, attempt);
		if (doubt) return doubt;
		await complete(record, hook, world);
	}
	world.notices.say({ event: "safe to terminate", maintenance: name, instanceId: record.instanceId });
	return "let go";
}

async function doubtOf(record: Claimed, second: Look, world: World, { turn }: Attempt): Promise<string | undefined> {
	const { state, releasing } = await readFence(record, world);
	if (state !== "releasing" || releasing?.turn !== turn) return "another try of this step has taken over";
	return isFresh(second, world.clock.now()) ? undefined : "the second look has grown old";
}

async function complete(record: Claimed, hook: Hook, world: World): Promise<void> {
	const answer = await world.instances.complete(record.instanceId, hook);
	const now = world.clock.now();
	world.notices.say({ event: "hook answered", maintenance: executionName(record), hook: hook.hook, answer });
	await changeRecord(record, world, (was) =>
		answer === "completed" ? withHookCompleted(was, actionKey(hook), now) : withHookLost(was, actionKey(hook), now),
	);
}
