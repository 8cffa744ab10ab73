import type { Look } from "../domain/look.ts";
import { duringWatch } from "../domain/next-step.ts";
import { isBeatDue, paceOf } from "../domain/pace.ts";
import type { MaintenanceRecord } from "../domain/record.ts";
import { isClosed } from "../domain/record-changes.ts";
import type { Decision } from "../domain/step-result.ts";
import type { Trouble } from "../domain/trouble.ts";
import { ClusterUnreachable } from "../faults.ts";
import type { Following, World } from "../ports.ts";
import { beat } from "./beat.ts";
import { readFence, readRecord } from "./maintenance-record.ts";
import { noticeOf, observe, withReason } from "./observe.ts";
import { overResult } from "./over.ts";
import { clusterOfRecord, type Step, stepResult } from "./step.ts";

/** How soon a Watch notices an order or a new token, in milliseconds. */
const LISTEN_MS = 5_000;

/**
 * Looks once, then follows the cluster for as long as something moves, keeping every hook alive, and says what is next.
 * That is never Evict at once, which has just asked for all that its clock let it: where ours is minutes ahead, the two
 * would send each other round without a pause.
 *
 * The first and the last thing it does is a heartbeat, so that whatever comes next has half a hook's time-out.
 */
export const watchNode: Step = async (key, world, attempt) => {
	const { clock } = world;
	const began = clock.now();
	const first = await readRecord(key, world);
	if (isClosed(first)) return overResult(first, attempt, began);
	const record = await beat(first, world);
	if (!record.node) return stepResult({ next: "assess", why: "the node is not known yet" }, record, attempt, began);
	const { watchSeconds } = paceOf(record);
	const following = await clusterOfRecord(record, world).follow(record.node, watchSeconds);
	try {
		const watched = await watchUntil(began + watchSeconds * 1000, following, record, world);
		// What it says of heartbeats is so after the last one.
		const beaten = await beat(watched.record, world);
		const { record: after, news } = await withReason(watched.decision, { ...watched, record: beaten }, world);
		const result = stepResult(watched.decision, after, { ...attempt, watches: true }, clock.now());
		return { ...result, ...noticeOf(news, after) };
	} finally {
		following.close();
	}
};

type Watched = { readonly record: MaintenanceRecord; readonly decision: Decision; readonly news: readonly Trouble[] };

async function watchUntil(end: number, following: Following, began: MaintenanceRecord, world: World): Promise<Watched> {
	const { clock } = world;
	const opened = clock.now();
	const changes = changesOf(following);
	let look: Look | undefined = following.look;
	let record = began;
	let heardAt = clock.now();
	for (;;) {
		const observed = await observe(look, record, world);
		record = observed.record;
		const found = duringWatch(look, record, world.policy, clock.now());
		const isTooSoon = found.next === "evict" && clock.now() < opened + LISTEN_MS;
		const decision: Decision = isTooSoon ? { ...found, next: "watch" } : found;
		const { news } = observed;
		if (decision.next !== "watch" || news.length > 0 || clock.now() >= end) return { record, decision, news };
		const wakeAt = Math.min(heardAt + LISTEN_MS, end, decision.at ?? end);
		look = await changes(wakeAt - clock.now(), (promise, wait) => clock.within(promise, wait));
		if (!look) return { record, decision: clock.now() - opened < LISTEN_MS ? afterPause(decision, world) : decision, news };
		if (clock.now() < heardAt + LISTEN_MS) continue;
		record = await listen(record, world);
		heardAt = clock.now();
	}
}

/** Watches that end as soon as they begin are not opened again at once. */
const afterPause = (decision: Decision, { clock }: World): Decision =>
	decision.next === "watch" ? { next: "wait", why: "the watches ended at once", at: clock.now() + LISTEN_MS } : decision;

/**
 * The newest observation after at most so many milliseconds; undefined when the watches have ended. The question that is
 * open towards the cluster stays open from one wait to the next.
 *
 * A connection that breaks ends the watches as the server does: whether the cluster can be reached, the next look tells.
 */
function changesOf(following: Following) {
	let open: Promise<{ look: Look | undefined }> | undefined;
	return async (ms: number, within: World["clock"]["within"]): Promise<Look | undefined> => {
		open ??= following.next().then((look) => ({ look }), brokenOff);
		const answer = await within(open, Math.max(0, ms));
		if (!answer) return following.look;
		open = undefined;
		return answer.look;
	};
}

function brokenOff(fault: unknown): { look: undefined } {
	if (fault instanceof ClusterUnreachable) return { look: undefined };
	throw fault;
}

/** Hears orders and new tokens, and sends the heartbeat when it is due. */
async function listen(record: MaintenanceRecord, world: World): Promise<MaintenanceRecord> {
	const fence = await readFence(record, world);
	const now = fence.version === record.version ? record : await readRecord(record, world);
	const tokens = now.hooks.length > record.hooks.length;
	return tokens || isBeatDue(now, world.clock.now()) ? beat(now, world) : now;
}
