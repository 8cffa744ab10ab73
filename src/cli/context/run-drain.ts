import type { Look } from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import { strictPolicy } from "../../domain/policy.ts";
import type { Cluster } from "../../ports.ts";
import type { Telling } from "../demo-event.ts";
import { endingOfReceipt } from "../ending.ts";
import { tellingOfLine, type VmOfPod } from "../follow-functions.ts";
import { invokeHandler } from "../invoke-handler.ts";
import type { Narrator } from "../narrator.ts";
import { spectator } from "../spectator.ts";
import { statesTold } from "../states-told.ts";
import { type ContextEnding, endingOf } from "./context-endings.ts";
import { HOLD_SECONDS, startContextGround } from "./context-ground.ts";
import type { ContextEnd, ContextOptions } from "./context-run.ts";
import { LookFollower } from "./follow-looks.ts";
import { withGate, withListener } from "./heard-cluster.ts";
import { leftBehind } from "./left-behind.ts";
import type { Prospect } from "./prospect.ts";
import type { Reach } from "./reach.ts";

/** For what is on its way to the cluster, and for the last look, after somebody wants to stop. */
const LAST_WORDS_MS = 15_000;

/**
 * Orders the drain and waits until nothing is left, until somebody wants to stop, or, where nobody waits, until it is held.
 * After it nothing of ours changes the cluster any more.
 */
export async function runDrain(
	prospect: Prospect,
	reach: Reach,
	narrator: Narrator,
	options: ContextOptions,
): Promise<ContextEnd> {
	const { clock, asked, interrupted } = options;
	const hearing = hearingOf(asked.node, narrator);
	const gate = withGate(withListener(reach.cluster, hearing.hear));
	const stopping = { isWanted: false };
	const stop = interrupted.then((): { readonly outcome: "interrupted" } => {
		stopping.isWanted = true;
		return { outcome: "interrupted" };
	});
	const { ground, ending, evictions } = await startGround(prospect, gate.cluster, narrator, hearing.vmOf, options);
	try {
		narrator.follow({});
		if (!stopping.isWanted) await ground.order({ reason: "drained from the command line", mayEnd: asked.mayEnd });
		const ended = await clock.rest(Promise.race([ending, stop]));
		if (ended.outcome === "safe") return { ...ended, toType: [], evictions: evictions() };
		await clock.within(gate.close(), LAST_WORDS_MS);
		const left = await whatIsLeft(reach.cluster, hearing.last, prospect, options);
		const because = ended.outcome === "interrupted" ? left.because : [...ended.because, ...left.because];
		return { outcome: ended.outcome, because, toType: left.toType, evictions: evictions() };
	} finally {
		void gate.close();
		await ground.stop();
	}
}

async function startGround(
	prospect: Prospect,
	cluster: Cluster,
	narrator: Narrator,
	vmOf: VmOfPod,
	{ clock, asked }: ContextOptions,
) {
	const { promise: ending, resolve: end, reject: fail } = Promise.withResolvers<ContextEnding>();
	const comeTo = endTeller(narrator, asked.wait, end);
	let evictions = 0;
	const ground = await startContextGround({
		clock,
		cluster,
		instanceId: prospect.instanceId,
		invoke: spectator(invokeHandler([]), strictPolicy, (telling) => {
			// The fates have been told already, before the question.
			if (telling.kind !== "fates") narrator.tell(telling);
		}),
		onSay: (line) => {
			const telling = tellingOfLine(line, vmOf);
			if (telling?.kind === "eviction") evictions += 1;
			const refused = telling?.kind === "received" ? endingOfReceipt(telling.outcome, telling.why) : undefined;
			if (refused) end({ outcome: "failed", because: refused.because });
			if (telling && telling.kind !== "received" && !isKnown(telling, prospect)) narrator.tell(telling);
		},
		onExecutionEvent: (event) => {
			if (event.type === "entered" && statesTold.includes(event.state)) narrator.tell({ kind: "state", state: event.state });
			endingOf(event, () => ground.latestRecord()).then((found) => found && comeTo(found), fail);
		},
	});
	return { ground, ending, evictions: () => evictions };
}

/** A trouble that was told with the fates, before the question. */
const isKnown = (telling: Telling, { tellings }: Prospect): boolean =>
	telling.kind === "trouble" &&
	tellings.some((known) => known.kind === "trouble" && known.about === telling.about && known.says.startsWith(telling.says));

/** Tells what looks show, and remembers the last one. */
function hearingOf(node: string, { tell }: Narrator) {
	const follower = new LookFollower(node);
	let last: Look | undefined;
	const vmOf: VmOfPod = (name) => {
		const pod = last?.pods.find((one) => nameOf(one) === name);
		const vmi = pod?.vmiUid === undefined ? undefined : last?.vmis.find(({ uid }) => uid === pod.vmiUid);
		return vmi && nameOf(vmi);
	};
	return {
		hear(look: Look): void {
			last = look;
			for (const telling of follower.tellingsOf(look)) tell(telling);
		},
		vmOf,
		last: () => last,
	};
}

/** A drain that is held ends only where nobody waits for it; else each new reason is told once. */
function endTeller({ tell }: Narrator, waits: boolean, end: (ending: ContextEnding) => void) {
	let told = "";
	return (found: ContextEnding): void => {
		if (found.outcome !== "held" || !waits) {
			end(found);
			return;
		}
		const says = found.because.join(" ");
		if (says === told) return;
		told = says;
		tell({ kind: "note", says: `Held. ${says} It looks again every ${HOLD_SECONDS} to ${4 * HOLD_SECONDS} s; Ctrl-C ends it.` });
	};
}

async function whatIsLeft(cluster: Cluster, last: () => Look | undefined, prospect: Prospect, { clock, typed }: ContextOptions) {
	const { name, uid, providerId } = prospect.node;
	const looking = cluster.look({ name, uid, providerId }, "progress").then(
		(look) => ({ look, doubt: [] }),
		(fault: Error) => ({ look: last(), doubt: [`The cluster does not answer (${fault.message}); this is as it was last seen:`] }),
	);
	const seen = await clock.within(
		clock.thread(() => looking),
		LAST_WORDS_MS,
	);
	const { look, doubt } = seen ?? { look: last(), doubt: ["The cluster does not answer; this is as it was last seen:"] };
	if (!look) return { because: [...doubt, "Nothing was seen of the node."], toType: [] };
	const { because, toType } = leftBehind(look, prospect, typed);
	return { because: [...doubt, ...because], toType };
}
