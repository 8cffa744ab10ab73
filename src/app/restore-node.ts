import { isToBeRestored, whenCancelled } from "../domain/cancellation.ts";
import type { NodeIdentity } from "../domain/identity.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { isClosed, withRestored } from "../domain/record-changes.ts";
import { withoutMark } from "../domain/release-changes.ts";
import { isRestored, lateCordonUntil, type Remains, remainsOf, standsNow, takesTooLong } from "../domain/restoration.ts";
import type { Decision } from "../domain/step-result.ts";
import type { World } from "../ports.ts";
import { changeRecord, readRecord } from "./maintenance-record.ts";
import { noticeOf } from "./observe.ts";
import { observeRestoring } from "./observe-restoring.ts";
import { overResult, restoredNotice } from "./over.ts";
import { type Attempt, clusterOfRecord, type Step, stepResult } from "./step.ts";
import { takeBack } from "./take-back.ts";

/** After something was changed, and while a migration that nobody can call off moves its VM. Milliseconds. */
const LOOK_AGAIN_MS = { changed: 5_000, moving: 30_000 };

/**
 * Takes back what a cancelled drain has done, as far as a look still shows it, and ends when a look shows nothing more.
 * A Node that is gone, or another one now, is not touched.
 */
export const restoreNode: Step = async (key, world, attempt) => {
	const { clock } = world;
	const began = clock.now();
	const record = await readRecord(key, world);
	const result = (decision: Decision, at = record) => stepResult(decision, at, attempt, clock.now());
	if (isClosed(record)) return overResult(record, attempt, clock.now());
	if (!isToBeRestored(record)) return result(whenCancelled(record) ?? { next: "assess", why: "the drain is wanted again" });
	// First of all: it says that nothing is left here, and soon there may be.
	if (record.markedAt !== undefined) await unmark(record, world);
	if (!record.node) return close(record, "The drain had not come to its node.", world, attempt);
	const { node } = record;
	const look = await clusterOfRecord(record, world).look(node, "progress");
	const remains = remainsOf(look, record, node);
	if (remains === "not ours") return close(record, notTouched(node), world, attempt);
	if (isRestored(remains)) {
		const late = lateCordonUntil(record);
		if (late !== undefined && look.began < late)
			return result({ next: "wait", why: "a cordon may still be on its way", at: late });
		const { record: seen } = await observeRestoring(look, record, [], world);
		return close(seen, standsNow(remains.node, seen), world, attempt);
	}
	const taken = await takeBack({ remains, look, record, node, world, began });
	const trouble = taken.trouble.length > 0 ? taken.trouble : takesTooLong(remains, record, clock.now());
	const { record: seen, news } = await observeRestoring(look, record, trouble, world);
	return { ...result(taken.interruption ?? lookAgain(remains, taken.changed, clock.now()), seen), ...noticeOf(news, seen) };
};

const notTouched = ({ name, uid }: NodeIdentity): string =>
	`The Node ${name} that was drained (uid ${uid}) is not there any more: nothing was touched.`;

function lookAgain({ migrations }: Remains, changed: boolean, now: number): Decision {
	if (changed) return { next: "wait", why: "the drain is being taken back", at: now + LOOK_AGAIN_MS.changed };
	return migrations.length > 0
		? { next: "wait", why: "VMs move that nothing keeps from it", at: now + LOOK_AGAIN_MS.moving }
		: { next: "wait", why: "VMs stay marked" };
}

async function unmark(record: MaintenanceRecord, world: World): Promise<void> {
	await world.instances.unmark(record.instanceId);
	await changeRecord(record, world, withoutMark);
}

/** Unless a hook has come, or a request that wants the drain again. */
async function close(record: MaintenanceRecord, stands: string, world: World, attempt: Attempt) {
	const { clock, notices } = world;
	const after = await changeRecord(record, world, (was) =>
		isToBeRestored(was) && was.markedAt === undefined ? withRestored(was, clock.now()) : undefined,
	);
	if (!after) return stepResult({ next: "assess", why: "another request came" }, record, attempt, clock.now());
	const told = restoredNotice(after, stands);
	notices.say({ event: "restored", maintenance: executionName(after), says: told.tell.message });
	return { ...stepResult({ next: "done", why: "the drain was taken back" }, after, attempt, clock.now()), ...told };
}
