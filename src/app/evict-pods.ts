import { evictionsDue } from "../domain/evictions.ts";
import { isProtected } from "../domain/fates.ts";
import type { Look, PodFacts } from "../domain/look.ts";
import { nameOf } from "../domain/namespaced-name.ts";
import { duringWatch } from "../domain/next-step.ts";
import { vmiOf } from "../domain/presence.ts";
import { executionName, type MaintenanceRecord, type Refusal } from "../domain/record.ts";
import { isClosed, withHeld, withRefusals } from "../domain/record-changes.ts";
import { FIRST_PAUSE_SECONDS, nextRefusal, refusalText } from "../domain/refusal.ts";
import type { Decision } from "../domain/step-result.ts";
import type { Trouble } from "../domain/trouble.ts";
import { guardMissing } from "../domain/trouble-texts.ts";
import type { Cluster, World } from "../ports.ts";
import { type Guard, guardBefore } from "./eviction-guard.ts";
import { changeRecord, readRecord } from "./maintenance-record.ts";
import { noticeOf, observe, withReason } from "./observe.ts";
import { overResult } from "./over.ts";
import { clusterOfRecord, type Step, stepResult } from "./step.ts";

/** After this many milliseconds it asks for another turn; a rehearsal and an eviction may follow within the function's time. */
const TURN_MS = 15_000;

/** Asks the eviction API for what must go now, one pod after another. What comes of it, later looks show. */
export const evictPods: Step = async (key, world, attempt) => {
	const { clock } = world;
	const began = clock.now();
	const first = await readRecord(key, world);
	if (isClosed(first)) return overResult(first, attempt, began);
	if (!first.node) return stepResult({ next: "assess", why: "the node is not known yet" }, first, attempt, began);
	const cluster = clusterOfRecord(first, world);
	const look = await cluster.look(first.node, "progress");
	const observed = await observe(look, first, world);
	const decision = duringWatch(look, observed.record, world.policy, clock.now());
	const { record, news } = await withReason(decision, observed, world);
	if (decision.next !== "evict") return { ...stepResult(decision, record, attempt, clock.now()), ...noticeOf(news, record) };
	const asked = await askForAll({ look, record, cluster, world, until: began + TURN_MS });
	const after = (await remember(asked, look, record, world)) ?? record;
	if (asked.fault !== undefined) throw asked.fault;
	const told = noticeOf([...news, ...asked.trouble], after);
	return { ...stepResult(asked.decision, after, attempt, clock.now()), ...told };
};

type Errand = {
	readonly look: Look;
	readonly record: MaintenanceRecord;
	readonly cluster: Cluster;
	readonly world: World;
	/** Epoch milliseconds. */
	readonly until: number;
};
type Asked = {
	readonly decision: Decision;
	readonly refusals: Record<string, Refusal>;
	readonly trouble: readonly Trouble[];
	/** What ended the asking; thrown on when the refusals before it are written. */
	readonly fault?: unknown;
};

/** Where the refusals cannot be written nobody will remember them, and the next try comes within a second: it waits here. */
async function remember(asked: Asked, look: Look, record: MaintenanceRecord, world: World) {
	try {
		return await changeRecord(record, world, (was) => afterAsking(was, asked, look));
	} catch (fault) {
		if (Object.keys(asked.refusals).length > 0) await world.clock.sleep(FIRST_PAUSE_SECONDS * 1000);
		throw fault;
	}
}

const afterAsking = (was: MaintenanceRecord, { refusals, trouble }: Asked, look: Look): MaintenanceRecord => {
	const present = look.pods.map(({ uid }) => uid);
	const refused = withRefusals(was, refusals, present);
	return trouble.length === 0 ? refused : withHeld(refused, trouble);
};

async function askForAll(errand: Errand): Promise<Asked> {
	const refusals: Record<string, Refusal> = {};
	try {
		return { ...(await askInTurn(errand, refusals)), refusals };
	} catch (fault) {
		return { decision: { next: "hold", why: String(fault) }, refusals, trouble: [], fault };
	}
}

async function askInTurn(errand: Errand, refusals: Record<string, Refusal>): Promise<Pick<Asked, "decision" | "trouble">> {
	const { look, record, world } = errand;
	const ended = (decision: Decision, trouble: readonly Trouble[] = []) => ({ decision, trouble });
	let guard: Guard | undefined;
	for (const [index, pod] of evictionsDue(look, record, world.policy, world.clock.now()).entries()) {
		const interruption = await interrupted(errand, index);
		if (interruption) return ended(interruption);
		if (isProtectedPod(pod, look)) {
			guard = await guardBefore(pod, guard, errand.cluster);
			if (guard.kind === "missing") return ended({ next: "hold", why: "KubeVirt's webhook is missing" }, [guardMissing(pod)]);
			if (guard.kind !== "stands") {
				refusals[pod.uid] = nextRefusal(record.refusals[pod.uid], guard, world.clock.now());
				continue;
			}
		}
		const refusal = await ask(pod, errand);
		if (refusal) refusals[pod.uid] = refusal;
	}
	return ended({ next: "watch", why: "everything that may go was asked for" });
}

/** Every turn asks for one pod at least: where even the look takes long, the drain would stand still otherwise. */
async function interrupted({ record, world, until }: Errand, asked: number): Promise<Decision | undefined> {
	if (asked > 0 && world.clock.now() >= until) return { next: "evict", why: "the turn was too short for all" };
	return (await isStillOurs(record, world)) ? undefined : { next: "assess", why: "an order came meanwhile" };
}

const isProtectedPod = (pod: PodFacts, look: Look): boolean => {
	const vmi = vmiOf(pod, look);
	return vmi !== undefined && isProtected(vmi, look);
};

/** Read directly before each eviction: no order came, and this generation still is the one that acts. */
async function isStillOurs(record: MaintenanceRecord, { records }: World): Promise<boolean> {
	const now = await records.readFence(record);
	return now !== undefined && !isClosed(now) && now.orders === record.orders;
}

/** A guarded eviction has begun the migration; every other refusal keeps its distance before the next try. */
async function ask(pod: PodFacts, { cluster, record, world }: Errand): Promise<Refusal | undefined> {
	const answer = await cluster.evict(pod);
	const says = "says" in answer ? answer.says : "";
	world.notices.say({
		event: "eviction",
		maintenance: executionName(record),
		pod: nameOf(pod),
		answer: answer.kind,
		says,
	});
	if (!("says" in answer)) return undefined;
	const before = record.refusals[pod.uid];
	// What KubeVirt guards now may have been refused for another reason before, and that is over.
	const counts = answer.kind !== "guarded" || before?.why === refusalText(says);
	return nextRefusal(counts ? before : undefined, answer, world.clock.now());
}
