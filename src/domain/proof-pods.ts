import { isChosenBy } from "./hosting.ts";
import type { Look, PodFacts } from "./look.ts";
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
		.map((pod) => ({ about: `${pod.namespace}/${pod.name}`, says: saysOf(pod, look, node) }));
}

/**
 * A promise to a node is kept or broken within this: 15 minutes of a plugin's permission, then 10 of binding volumes.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/scheduler/framework/runtime/framework.go (maxTimeout)
 */
const PROMISE_LASTS_MS = 25 * 60_000;

/**
 * Launchers that may have been promised to this node before it was cordoned and may still be bound to it: they have no
 * node, are as old as the cordon, and the scheduler has not refused them since.
 */
export function launchersStillComing(look: Look, cordonedAt: number, node: string): readonly About[] {
	if (look.unboundLaunchers === undefined) {
		return [{ about: node, says: "The look did not read the launchers that have no node yet." }];
	}
	if (look.began > cordonedAt + PROMISE_LASTS_MS) return [];
	const since = look.node?.cordonedSince ?? cordonedAt;
	return look.unboundLaunchers
		.filter((pod) => pod.createdAt <= since)
		.filter((pod) => !((pod.refusedBySchedulerAt ?? 0) > since))
		.filter((pod) => look.node === undefined || isChosenBy(look.node, pod))
		.map((pod) => ({
			about: `${pod.namespace}/${pod.name}`,
			says: "The launcher is older than the cordon and may still be bound to this node.",
		}));
}
