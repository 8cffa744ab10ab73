import { cordonTaint, isChosenBy, tolerates } from "./hosting.ts";
import type { Look, PodFacts } from "./look.ts";
import { nameOf } from "./namespaced-name.ts";
import { fateOfPod, servesLiveLauncher } from "./pod-fates.ts";
import { isEndedPod, runsElsewhere, vmiOf } from "./presence.ts";

type About = { readonly about: string; readonly says: string };

const isVmLess = (pod: PodFacts): boolean => pod.role !== "launcher";

/** A volume whose launcher is gone is only garbage that has not been collected yet. */
function staysForGood(pod: PodFacts, look: Look): boolean {
	const { kind } = fateOfPod(pod, look);
	return kind === "stays" || (kind === "goes with its VM" && !servesLiveLauncher(pod, look));
}

function saysOf(pod: PodFacts, look: Look, node: string): string {
	const state = pod.deleting ? `${pod.phase} and being deleted` : pod.phase;
	if (isVmLess(pod)) return `The pod is ${state}.`;
	const vmi = vmiOf(pod, look);
	if (!vmi) return `The launcher is ${state}, and there is no VMI for it.`;
	return runsElsewhere(vmi, node)
		? `The launcher is ${state}, a leftover: its VMI ${vmi.name} runs on ${vmi.nodeName}.`
		: `The launcher of VMI ${vmi.name} is ${state}.`;
}

/**
 * Every pod on the node that must be gone before the instance may go: all but those of DaemonSets, mirrors, pods that have
 * ended, and volumes without a launcher. A launcher counts whatever owns it, leftovers of finished migrations too.
 */
export function podsLeft(look: Look, node: string): readonly About[] {
	return look.pods
		.filter((pod) => !isEndedPod(pod))
		.filter((pod) => pod.role === "launcher" || !staysForGood(pod, look))
		.map((pod) => ({ about: nameOf(pod), says: saysOf(pod, look, node) }));
}

/**
 * A promise to a node is kept or broken within this: 15 minutes of a plugin's permission, then 10 of binding volumes.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/scheduler/framework/runtime/framework.go (maxTimeout)
 */
const PROMISE_LASTS_MS = 25 * 60_000;

/** The scheduler may hear of a cordon this much later than the API server wrote it. */
const SCHEDULER_LAGS_MS = 30_000;

/**
 * Launchers without a node that may still be bound to this one: they tolerate the cordon, or the scheduler may have promised
 * them the node before it heard of the cordon and has not refused them since. `settledFrom`: when the node was last cordoned.
 */
export function launchersStillComing(look: Look, settledFrom: number, node: string): readonly About[] {
	if (look.unboundLaunchers === undefined) {
		return [{ about: node, says: "The look did not read the launchers that have no node yet." }];
	}
	const since = look.node?.cordonedSince ?? settledFrom;
	const promisesAreOver = look.began > settledFrom + PROMISE_LASTS_MS;
	const isPromised = ({ createdAt, refusedBySchedulerAt = 0 }: PodFacts): boolean =>
		!promisesAreOver && createdAt <= since + SCHEDULER_LAGS_MS && refusedBySchedulerAt <= since;
	return look.unboundLaunchers
		.filter((pod) => look.node === undefined || isChosenBy(look.node, pod))
		.filter((pod) => tolerates(pod, cordonTaint) || isPromised(pod))
		.map((pod) => ({
			about: nameOf(pod),
			says: tolerates(pod, cordonTaint)
				? "The launcher has no node yet, tolerates the cordon and may be bound to this node."
				: "The launcher is about as old as the cordon and may still be bound to this node.",
		}));
}
