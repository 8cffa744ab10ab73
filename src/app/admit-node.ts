import { type Admission, admissionOf } from "../domain/admission.ts";
import type { Circuit } from "../domain/breaker.ts";
import { withBeatTrouble } from "../domain/heartbeats.ts";
import { obstaclesOf } from "../domain/obstacles.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import { isClosed } from "../domain/record-changes.ts";
import { type SlotTurn, slotTurn, withAdmission } from "../domain/slot-turn.ts";
import { type ClusterSlots, isQueueing, without } from "../domain/slots.ts";
import type { Decision } from "../domain/step-result.ts";
import { isOfHook } from "../domain/trouble.ts";
import { newTroubles } from "../domain/trouble-of.ts";
import type { World } from "../ports.ts";
import { beat } from "./beat.ts";
import { heedCancel } from "./heed-cancel.ts";
import { isAlive } from "./living-maintenance.ts";
import { changeFrom, readRecord } from "./maintenance-record.ts";
import { noticeOf, sayAll } from "./observe.ts";
import { overResult } from "./over.ts";
import { type Step, stepResult } from "./step.ts";
import { untilWritten } from "./until-written.ts";

/** Milliseconds that the next one waits for its turn; whoever stands behind has a better chance later. */
const TURN_MS = 15_000;
/** No multiple of a turn's time, so that everybody's minute comes. */
const SEARCH_MS = 61_000;

/**
 * Takes one of the cluster's drain slots for a cordoned node, or waits for it. Asks the cluster nothing.
 *
 * The first thing it does is a heartbeat, so that the execution may ask again and again.
 */
export const admitNode: Step = async (key, world, attempt) => {
	const { clock, policy } = world;
	const first = await readRecord(key, world);
	if (isClosed(first)) return overResult(first, attempt, clock.now());
	const cancelled = await heedCancel(first, world, attempt);
	if (cancelled) return cancelled;
	const record = await beat(first, world);
	if (!record.node) return stepResult({ next: "assess", why: "the node is not known yet" }, record, attempt, clock.now());
	const { admission, tells } = await takeTurn(record, world);
	const now = clock.now();
	const basis = { policy, orders: record.orders, now };
	const after = (await changeFrom(record, world, (was) => withBeatTrouble(withAdmission(was, admission, basis), now))) ?? record;
	say(admission, record, world);
	const fresh = newTroubles(record.trouble, after.trouble);
	const news = after.trouble.filter((one) => (one.kind === "too-many-leave" ? tells : isOfHook(one) && fresh.includes(one)));
	sayAll(news, after, world);
	return { ...stepResult(decisionOf(admission, now), after, attempt, now), ...noticeOf(news, after) };
};

function decisionOf(admission: Admission, now: number): Decision {
	const { kind, why } = admission;
	if (kind === "admitted") return { next: "evict", why };
	return kind === "waits" ? { next: "admit", why, at: now + TURN_MS * admission.place } : { next: "assess", why };
}

function takeTurn(record: MaintenanceRecord, world: World): Promise<SlotTurn> {
	return untilWritten(`cannot write the slots of cluster ${record.cluster}: they changed`, async () => {
		const was = await world.slots.read(record.cluster);
		const circuit = { slots: was, record, policy: world.policy, now: world.clock.now() };
		const turn = slotTurn({ ...circuit, slots: await withoutTheDead(circuit, world) });
		return (await write(was, turn.slots, record, world)) ? turn : undefined;
	});
}

function write(was: ClusterSlots, next: ClusterSlots, { instanceId, cluster }: MaintenanceRecord, { slots }: World) {
	if (next === was) return Promise.resolve(true);
	const waiter = next.waiting[instanceId];
	const queues = waiter && was.version > 0 && isQueueing(was, next);
	return queues ? slots.enqueue(cluster, instanceId, waiter) : slots.replace(was, next);
}

/**
 * Without those in the way whose maintenance is over or whose execution is dead. Whoever is next looks every time, the one
 * behind it in every second minute, and so on: the dead never block the queue, and hundreds that wait read little.
 */
async function withoutTheDead(circuit: Circuit, world: World): Promise<ClusterSlots> {
	const { slots, record, now } = circuit;
	const admission = admissionOf(circuit);
	if (admission.kind !== "waits" || Math.floor(now / SEARCH_MS) % admission.place !== 0) return slots;
	const dead: string[] = [];
	for (const key of obstaclesOf(circuit)) {
		if (await isAlive(key, world)) continue;
		world.notices.say({ event: "slot taken back", maintenance: executionName(key), cluster: record.cluster });
		dead.push(key.instanceId);
	}
	return without(slots, dead);
}

/** Who waits says so once; the record has its place from then on. */
function say(admission: Admission, record: MaintenanceRecord, { notices }: World): void {
	const { cluster, slot } = record;
	const line = { maintenance: executionName(record), cluster, why: admission.why };
	if (admission.kind === "waits" && !slot) notices.say({ event: "waits for a slot", ...line, place: admission.place });
	if (admission.kind === "admitted" && slot) notices.say({ event: "has a slot", ...line });
}
