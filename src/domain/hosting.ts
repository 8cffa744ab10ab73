import type { NodeFacts, PodFacts, Requirement, Resources, Surroundings, Taint, Toleration } from "./look.ts";
import { isEndedPod } from "./presence.ts";

/** The taint that a cordoned node gets. */
export const cordonTaint: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** https://github.com/kubernetes/api/blob/v0.35.4/core/v1/toleration.go */
function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
	if (toleration.effect !== undefined && toleration.effect !== "" && toleration.effect !== taint.effect) return false;
	const everyKey = toleration.key === undefined || toleration.key === "";
	if (everyKey) return toleration.operator === "Exists";
	if (toleration.key !== taint.key) return false;
	return toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? "");
}

export const tolerates = (pod: PodFacts, taint: Taint): boolean =>
	pod.tolerations.some((toleration) => toleratesTaint(toleration, taint));

const keepsPodsOff = (taint: Taint): boolean => taint.effect === "NoSchedule" || taint.effect === "NoExecute";

const labelOf = (node: NodeFacts, key: string): string | undefined => (key === "metadata.name" ? node.name : node.labels[key]);

function satisfies(node: NodeFacts, { key, operator, values }: Requirement): boolean {
	const value = labelOf(node, key);
	switch (operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
		case "Gt":
			return value !== undefined && Number(value) > Number(values[0]);
		case "Lt":
			return value !== undefined && Number(value) < Number(values[0]);
		default:
			return false;
	}
}

const matchesSelector = (node: NodeFacts, pod: PodFacts): boolean =>
	Object.entries(pod.nodeSelector).every(([key, value]) => node.labels[key] === value);

const matchesAffinity = (node: NodeFacts, pod: PodFacts): boolean =>
	pod.affinity.length === 0 || pod.affinity.some((term) => term.every((requirement) => satisfies(node, requirement)));

/** What the pod itself asks of a node's name and labels: nothing that room, taints or readiness could change. */
export const isChosenBy = (node: NodeFacts, pod: PodFacts): boolean => matchesSelector(node, pod) && matchesAffinity(node, pod);

const isReady = (node: NodeFacts): boolean => node.ready;
const isOpen = (node: NodeFacts): boolean => !node.unschedulable;

/** virt-handler sets the label, virt-controller takes it back when the handler falls silent. */
const takesLaunchers = (node: NodeFacts, pod: PodFacts): boolean =>
	pod.role !== "launcher" || node.labels["kubevirt.io/schedulable"] === "true";

const toleratesTaints = (node: NodeFacts, pod: PodFacts): boolean =>
	node.taints.filter(keepsPodsOff).every((taint) => tolerates(pod, taint));

function used(pods: readonly PodFacts[], resource: string): number {
	if (resource === "pods") return pods.length;
	return pods.reduce((sum, pod) => sum + (pod.requests[resource] ?? 0), 0);
}

const hasRoom = (node: NodeFacts, pod: PodFacts, there: readonly PodFacts[]): boolean =>
	Object.entries({ pods: 1, ...pod.requests } satisfies Resources).every(
		([resource, amount]) =>
			amount === 0 ||
			(resource === "pods" && node.allocatable.pods === undefined) ||
			used(there, resource) + amount <= (node.allocatable[resource] ?? 0),
	);

/** `there`: pods bound to the node; those that have ended take no room. */
type Bound = readonly PodFacts[];

const hostingRules: readonly ((node: NodeFacts, pod: PodFacts, there: Bound) => boolean)[] = [
	isReady,
	isOpen,
	takesLaunchers,
	isChosenBy,
	toleratesTaints,
	hasRoom,
];

/** Whether the scheduler could put this pod on the node now, beside the pods that are there. */
export function couldHost(node: NodeFacts, pod: PodFacts, there: Bound): boolean {
	const living = there.filter((other) => other.nodeName === node.name && !isEndedPod(other));
	return hostingRules.every((holds) => holds(node, pod, living));
}

/** Whether at least one node of the surroundings could host the pod now. */
export const someoneCanHost = (pod: PodFacts, { nodes, pods }: Surroundings): boolean =>
	nodes.some((node) => couldHost(node, pod, pods));
