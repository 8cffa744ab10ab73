import type { Change, KubeObject } from "../store.ts";
import { itemsAt, textAt, timestamp } from "../store-object.ts";
import { conditionOf, conditionsOf, isTrue, setConditions } from "./conditions.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { instanceIdOf } from "./machines.ts";
import { type Taint, taintsOf } from "./placement.ts";
import { graceOf, hasEnded, isDeleting, isReady, keyOfObject, nodeNameOf, split } from "./pods.ts";
import { tolerates } from "./selectors.ts";

/** The node controller waits so long for a kubelet (node-monitor-grace-period). */
const unheardMs = 45_000;
/** After it, EC2's cloud controller finds that the instance is gone and removes the Node. */
const instanceGoneMs = 5_000;

type DatedTaint = Taint & { readonly timeAdded?: string };

const unschedulableKey = "node.kubernetes.io/unschedulable";
const unreachableKey = "node.kubernetes.io/unreachable";

/** Taints nodes that are cordoned or not heard of, and removes Nodes whose instance is gone. */
export function nodeLifecycle(ground: Ground): Controller {
	const { store, clock, machines } = ground;
	/** Since when a machine has not been heard of, by instance id. */
	const silentSince = new Map<string, number>();

	const reconcile = (name: string): number | undefined => {
		const node = store.get("nodes", undefined, name);
		if (node === undefined) return undefined;
		const machine = machines.byInstance(instanceIdOf(node) ?? "");
		if (machine?.connected !== false) {
			if (machine !== undefined) silentSince.delete(machine.instanceId);
			setTaints(ground, node, true);
			return undefined;
		}
		const since = silentSince.get(machine.instanceId) ?? clock.now();
		silentSince.set(machine.instanceId, since);
		const silent = clock.now() - since;
		setTaints(ground, node, silent < unheardMs);
		if (silent < unheardMs) return unheardMs - silent;
		if (machine.powered) return undefined;
		if (silent < unheardMs + instanceGoneMs) return unheardMs + instanceGoneMs - silent;
		store.remove("nodes", undefined, name);
		return undefined;
	};

	return {
		name: "node-lifecycle",
		program: "kube-controller-manager",
		lag: 18,
		keysOf: ({ resource, object }) => (resource === "nodes" ? [object.metadata.name] : []),
		reconcile,
	};
}

function setTaints({ store, clock }: Ground, node: KubeObject, heard: boolean): void {
	const now = clock.now();
	const wanted: Taint[] = [];
	if (node.spec?.unschedulable === true) wanted.push({ key: unschedulableKey, effect: "NoSchedule" });
	if (!heard) wanted.push({ key: unreachableKey, effect: "NoSchedule" }, { key: unreachableKey, effect: "NoExecute" });
	const before = taintsOf(node) as readonly DatedTaint[];
	const kept = before.filter(({ key }) => key !== unschedulableKey && key !== unreachableKey);
	const own = wanted.map(
		(taint) =>
			before.find(({ key, effect }) => key === taint.key && effect === taint.effect) ?? { ...taint, timeAdded: timestamp(now) },
	);
	const taints = [...kept, ...own];
	store.update("nodes", undefined, node.metadata.name, (draft) => {
		draft.spec = { ...draft.spec, taints: taints.length === 0 ? undefined : taints };
		if (heard === isTrue(draft, "Ready")) return;
		for (const { type } of conditionsOf(draft)) setConditions(draft, now, nodeCondition(type, heard));
	});
}

function nodeCondition(type: string, heard: boolean) {
	if (!heard) {
		return { type, status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };
	}
	if (type === "Ready") return { type, status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" };
	return { type, status: "False", reason: `KubeletHasNo${type}`, message: "ok" };
}

/**
 * Pods of a node that is not heard of are not ready, and those that do not tolerate its NoExecute taints are deleted,
 * without asking anybody's webhook.
 */
export function taintEviction(ground: Ground): Controller {
	const { store, clock } = ground;
	return {
		name: "taint-eviction",
		program: "kube-controller-manager",
		lag: 30,
		keysOf: (change) => keysOf(ground, change),
		reconcile: (key) => {
			const pod = store.get("pods", ...split(key));
			const node = pod === undefined ? undefined : store.get("nodes", undefined, nodeNameOf(pod));
			if (pod === undefined || node === undefined || hasEnded(pod)) return undefined;
			const { namespace, name } = pod.metadata;
			if (conditionOf(node, "Ready")?.status === "Unknown" && isReady(pod)) {
				store.update("pods", namespace, name, (draft) => setConditions(draft, clock.now(), { type: "Ready", status: "False" }));
			}
			const due = isDeleting(pod) ? undefined : evictionTime(pod, node);
			if (due === undefined) return undefined;
			if (due > clock.now()) return due - clock.now();
			store.update("pods", namespace, name, (draft) =>
				setConditions(draft, clock.now(), {
					type: "DisruptionTarget",
					status: "True",
					reason: "DeletionByTaintManager",
					message: "Taint manager: deleting due to NoExecute taint",
				}),
			);
			store.beginDeletion("pods", namespace, name, graceOf(pod));
			return undefined;
		},
	};
}

/** When this pod is to go, by the first taint that it does not tolerate for ever. */
function evictionTime(pod: KubeObject, node: KubeObject): number | undefined {
	const tolerations = itemsAt(pod, "spec", "tolerations");
	const times = (taintsOf(node) as readonly DatedTaint[])
		.filter(({ effect }) => effect === "NoExecute")
		.map((taint) => {
			const toleration = tolerates(tolerations, taint);
			const added = Date.parse(taint.timeAdded ?? "") || 0;
			if (toleration === undefined) return added;
			return added + Number(toleration.tolerationSeconds ?? Number.POSITIVE_INFINITY) * 1000;
		});
	const first = Math.min(...times);
	return Number.isFinite(first) ? first : undefined;
}

function keysOf({ store }: Ground, { resource, type, object, previous }: Change): readonly string[] {
	if (resource === "pods") {
		const bound = type === "MODIFIED" && previous !== undefined && nodeNameOf(previous) === "" && nodeNameOf(object) !== "";
		return bound && isTainted(store.get("nodes", undefined, nodeNameOf(object))) ? [keyOfObject(object)] : [];
	}
	if (resource !== "nodes" || previous?.spec?.taints === object.spec?.taints) return [];
	return isTainted(object) ? store.podsOn(object.metadata.name).map(keyOfObject) : [];
}

function isTainted(node: KubeObject | undefined): boolean {
	return node !== undefined && itemsAt(node, "spec", "taints").some((taint) => textAt(taint, "effect") === "NoExecute");
}
