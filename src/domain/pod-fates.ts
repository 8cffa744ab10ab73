import { cordonTaint, tolerates } from "./hosting.ts";
import type { Look, PodFacts } from "./look.ts";
import { isEndedPod, liveLaunchers } from "./presence.ts";

/**
 * What a drain means for a pod that is not a launcher.
 *
 * `stays`: with the node until the instance ends; it does not count. `goes with its VM`: a hotplugged volume.
 * `leaves last`: the migrations need it. `is lost`: nothing starts it again, and it is evicted all the same.
 */
export type PodFateKind = "has ended" | "stays" | "goes with its VM" | "leaves last" | "restarts elsewhere" | "is lost";
type PodFate = { readonly kind: PodFateKind; readonly why: string };

/** First opinion wins. A launcher has its VM's fate: ask `fateOfVmi`. */
export function fateOfPod(pod: PodFacts, look: Look): PodFate {
	for (const opinion of podOpinions) {
		const fate = opinion(pod, look);
		if (fate) return fate;
	}
	return { kind: "is lost", why: "nothing owns it, so nothing starts it again" };
}

/** A hotplugged volume whose launcher still runs on the node. */
export const servesLiveLauncher = (pod: PodFacts, look: Look): boolean =>
	pod.role === "hotplug" && liveLaunchers(look).some(({ uid }) => uid === pod.owner?.uid);

type PodOpinion = (pod: PodFacts, look: Look) => PodFate | undefined;

const hasEnded: PodOpinion = (pod) => (isEndedPod(pod) ? { kind: "has ended", why: `its phase is ${pod.phase}` } : undefined);

const isMirror: PodOpinion = (pod) =>
	pod.mirror ? { kind: "stays", why: "it is a mirror of a static pod of the kubelet" } : undefined;

/** https://github.com/kubernetes/kubectl/blob/v0.35.4/pkg/drain/filters.go */
const isOfDaemonSet: PodOpinion = ({ owner }) =>
	owner?.kind === "DaemonSet" && owner.apiVersion === "apps/v1"
		? { kind: "stays", why: `DaemonSet ${owner.name} keeps one on every node` }
		: undefined;

const isHotplug: PodOpinion = (pod) =>
	pod.role === "hotplug" ? { kind: "goes with its VM", why: "it is a hotplugged volume of a VM" } : undefined;

/** Its controller made it after the cordon, on this node: evicting it only brings the next one. */
const cameBack: PodOpinion = (pod, { node }) =>
	pod.owner !== undefined &&
	tolerates(pod, cordonTaint) &&
	node?.cordonedSince !== undefined &&
	pod.createdAt > node.cordonedSince
		? { kind: "stays", why: `it tolerates the cordon, and ${pod.owner.kind} ${pod.owner.name} put it here after the cordon` }
		: undefined;

const isInfrastructure: PodOpinion = (pod) =>
	pod.role === "infrastructure" ? { kind: "leaves last", why: "live migrations need it" } : undefined;

const isOwned: PodOpinion = ({ owner }) =>
	owner ? { kind: "restarts elsewhere", why: `${owner.kind} ${owner.name} starts another one` } : undefined;

const podOpinions: readonly PodOpinion[] = [hasEnded, isMirror, isOfDaemonSet, isHotplug, cameBack, isInfrastructure, isOwned];
