import { cancelTooLate, isToBeRestored } from "../domain/cancellation.ts";
import { withCordonOf, withNode, withoutCordon } from "../domain/cordon-changes.ts";
import { openTokens, withHookLost } from "../domain/hook-changes.ts";
import { isGone } from "../domain/instance.ts";
import { afterAssess } from "../domain/next-step.ts";
import { chooseNode } from "../domain/node-choice.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { isClosed, withGone, withHeld } from "../domain/record-changes.ts";
import { withReopened } from "../domain/release-changes.ts";
import type { StepResult } from "../domain/step-result.ts";
import type { Trouble } from "../domain/trouble.ts";
import { newTroubles } from "../domain/trouble-of.ts";
import { instanceGone } from "../domain/trouble-texts.ts";
import type { InstanceFacts, LifecycleState, World } from "../ports.ts";
import { heedCancel } from "./heed-cancel.ts";
import { changeRecord, readRecord } from "./maintenance-record.ts";
import { noticeOf, observe, withReason } from "./observe.ts";
import { overResult } from "./over.ts";
import { type Attempt, clusterOfRecord, type Step, stepResult } from "./step.ts";

/** Finds the node, says what will become of everything on it, and whether anything stands in the way. Changes no cluster. */
export const assessNode: Step = async (key, world, attempt) => {
	const { clock } = world;
	const first = await readRecord(key, world);
	if (isClosed(first)) return overResult(first, attempt, clock.now());
	const instance = await world.instances.describe(first.instanceId);
	if (isGone(instance)) return close(first, world, attempt);
	const record = await reopened(first, world);
	const wayBack = record.cancel && (await takeWayBack(record, instance, world, attempt));
	if (wayBack) return wayBack;
	const cluster = clusterOfRecord(record, world);
	const chosen = record.node
		? { node: record.node }
		: chooseNode(await cluster.findNodes({ instanceId: record.instanceId }), record);
	if ("trouble" in chosen) return (await heedCancel(record, world, attempt)) ?? hold(record, chosen.trouble, world, attempt);
	const look = await cluster.look(chosen.node, "survey");
	const known = await changeRecord(key, world, (was) => {
		const placed = withNode(isRetained(instance) ? withoutHooks(was, clock.now()) : was, chosen.node);
		const seen = withCordonOf(placed, look.node);
		return look.node?.unschedulable === false ? withoutCordon(seen) : seen;
	});
	const observed = await observe(look, known ?? record, world);
	const decision = afterAssess(look, observed.record, world.policy, clock.now());
	const { record: after, news } = await withReason(decision, observed, world);
	return { ...stepResult(decision, after, attempt, clock.now()), ...noticeOf(news, after) };
};

/**
 * A Release that was cut off lets go of nothing any more, and may be cancelled again: also while no look succeeds, which is
 * perhaps what cut it off.
 */
const reopened = async (record: MaintenanceRecord, world: World): Promise<MaintenanceRecord> =>
	record.state === "releasing" ? ((await changeRecord(record, world, withReopened)) ?? record) : record;

/** Its hooks have ended without us, but its group keeps it. */
const isRetained = (instance: InstanceFacts | undefined): boolean => instance?.lifecycle?.state === "Terminating:Retained";

const withoutHooks = (record: MaintenanceRecord, now: number): MaintenanceRecord =>
	openTokens(record).reduce((changed, token) => withHookLost(changed, token, now), record);

const takenByAws: ReadonlySet<string | undefined> = new Set<LifecycleState>([
	"Terminating",
	"Terminating:Wait",
	"Terminating:Proceed",
	"Terminated",
]);

/** What follows for a cancelled drain for which no hook of ours waits; undefined while one does. */
async function takeWayBack(
	record: MaintenanceRecord,
	instance: InstanceFacts | undefined,
	world: World,
	attempt: Attempt,
): Promise<StepResult | undefined> {
	const { clock } = world;
	const freed = (was: MaintenanceRecord) => (isRetained(instance) ? withoutHooks(was, clock.now()) : was);
	const known = (await changeRecord(record, world, freed)) ?? record;
	if (!isToBeRestored(known)) return undefined;
	if (takenByAws.has(instance?.lifecycle?.state)) return hold(known, cancelTooLate(known), world, attempt);
	return stepResult({ next: "restore", why: "the drain is cancelled" }, known, attempt, clock.now());
}

/** AWS took the instance without our release: by force, by the hook's own limit, or because another one answered. */
async function close(record: MaintenanceRecord, world: World, attempt: Attempt) {
	const now = world.clock.now();
	const after = (await changeRecord(record, world, (was) => withGone(was, now))) ?? record;
	if (after.state === "released") return stepResult({ next: "done", why: "safe to terminate" }, after, attempt, now);
	const trouble = instanceGone(after);
	world.notices.say({ event: "instance gone", maintenance: executionName(record), says: trouble.says });
	return { ...stepResult({ next: "done", why: trouble.says }, after, attempt, now), ...noticeOf([trouble], after) };
}

async function hold(record: MaintenanceRecord, trouble: Trouble, world: World, attempt: Attempt) {
	const after = (await changeRecord(record, world, (was) => withHeld(was, [trouble]))) ?? record;
	world.notices.say({ event: "trouble", maintenance: executionName(record), ...trouble });
	const result = stepResult({ next: "hold", why: trouble.says }, after, attempt, world.clock.now());
	return { ...result, ...noticeOf(newTroubles([], [trouble]), after) };
}
