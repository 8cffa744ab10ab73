import type { Change, KubeObject } from "../store.ts";
import { fieldsAt } from "../store-object.ts";
import { setConditions } from "./conditions.ts";
import type { Controller } from "./controller-loop.ts";
import type { Ground } from "./ground.ts";
import { controllerOf, isDeleting, isReady, keyOfObject, split } from "./pods.ts";
import { selects } from "./selectors.ts";

/** An eviction that has been allowed and whose pod is still not being deleted is forgotten after so long. */
const disruptedForMs = 120_000;
/** From a change of a budget or of its pods to the budget's status, as recorded. */
const lagMs = 10;

/**
 * Writes how many pods of each budget may go. https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/disruption/disruption.go
 */
export function disruptionBudgets(ground: Ground): Controller {
	const { store, events } = ground;
	return {
		name: "disruption",
		program: "kube-controller-manager",
		lag: lagMs,
		keysOf: (change) => keysOf(ground, change),
		reconcile: (key) => {
			const budget = store.get("poddisruptionbudgets", ...split(key));
			if (budget === undefined || isDeleting(budget)) return undefined;
			const { namespace = "" } = budget.metadata;
			const pods = store.inNamespace("pods", namespace).filter((pod) => selects(budget.spec?.selector, pod.metadata.labels));
			const counts = expected(ground, budget, pods);
			if ("error" in counts) {
				events.say(budget, {
					reason: "CalculateExpectedPodCountFailed",
					message: `Failed to calculate the number of expected pods: ${counts.error}`,
					type: "Warning",
					by: "controllermanager",
				});
				writeFailure(ground, budget, counts.error);
				return undefined;
			}
			return writeStatus(ground, budget, pods, counts);
		},
	};
}

function keysOf({ store }: Ground, { resource, object, previous }: Change): readonly string[] {
	if (resource === "poddisruptionbudgets") return [keyOfObject(object)];
	if (resource !== "pods") return [];
	const unchanged =
		previous !== undefined &&
		isReady(previous) === isReady(object) &&
		isDeleting(previous) === isDeleting(object) &&
		previous.metadata.labels === object.metadata.labels;
	if (unchanged) return [];
	return store
		.inNamespace("poddisruptionbudgets", object.metadata.namespace ?? "")
		.filter((budget) => selects(budget.spec?.selector, object.metadata.labels))
		.map(keyOfObject);
}

type Counts = { readonly expectedPods: number; readonly desiredHealthy: number };

function expected(ground: Ground, budget: KubeObject, pods: readonly KubeObject[]): Counts | { readonly error: string } {
	const { maxUnavailable, minAvailable } = budget.spec ?? {};
	if (maxUnavailable === undefined && typeof minAvailable === "number") {
		return { expectedPods: pods.length, desiredHealthy: minAvailable };
	}
	const scale = scaleOf(ground, pods);
	if ("error" in scale) return scale;
	const part = (value: unknown): number => {
		if (typeof value === "number") return value;
		return Math.ceil((Number(String(value).replace("%", "")) / 100) * scale.expectedPods);
	};
	const desired = maxUnavailable === undefined ? part(minAvailable ?? 1) : scale.expectedPods - part(maxUnavailable);
	return { expectedPods: scale.expectedPods, desiredHealthy: Math.max(0, desired) };
}

/** The sum of what the pods' controllers want to have; a controller without a scale makes the whole budget fail. */
function scaleOf({ store }: Ground, pods: readonly KubeObject[]): { readonly expectedPods: number } | { readonly error: string } {
	const scales = new Map<string, number>();
	for (const pod of pods) {
		const owner = controllerOf(pod);
		if (owner === undefined) continue;
		const { namespace } = pod.metadata;
		if (owner.kind === "ReplicaSet") scales.set(owner.uid, replicasOf(store.get("replicasets", namespace, owner.name)));
		else if (owner.kind === "StatefulSet") scales.set(owner.uid, replicasOf(store.get("statefulsets", namespace, owner.name)));
		else if (owner.kind === "VirtualMachineInstance") {
			return { error: "virtualmachineinstances.kubevirt.io does not implement the scale subresource" };
		} else return { error: `${owner.kind.toLowerCase()}s.apps does not implement the scale subresource` };
	}
	return { expectedPods: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0) };
}

function replicasOf(owner: KubeObject | undefined): number {
	return Number(owner?.spec?.replicas ?? 0);
}

function writeStatus(
	{ store, clock }: Ground,
	budget: KubeObject,
	pods: readonly KubeObject[],
	counts: Counts,
): number | undefined {
	const now = clock.now();
	const known = Object.entries(fieldsAt(budget, "status", "disruptedPods")) as [string, string][];
	const pending = known.filter(([name, since]) => {
		const pod = pods.find(({ metadata }) => metadata.name === name);
		return pod !== undefined && !isDeleting(pod) && now < Date.parse(since) + disruptedForMs;
	});
	const disrupted = new Set(pending.map(([name]) => name));
	const currentHealthy = pods.filter((pod) => isReady(pod) && !isDeleting(pod) && !disrupted.has(pod.metadata.name)).length;
	const { expectedPods, desiredHealthy } = counts;
	const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
	store.update("poddisruptionbudgets", budget.metadata.namespace, budget.metadata.name, (draft) => {
		draft.status = {
			...draft.status,
			observedGeneration: draft.metadata.generation,
			currentHealthy,
			desiredHealthy,
			expectedPods,
			disruptionsAllowed,
			disruptedPods: pending.length === 0 ? undefined : Object.fromEntries(pending),
		};
		setConditions(draft, now, {
			type: "DisruptionAllowed",
			status: disruptionsAllowed > 0 ? "True" : "False",
			reason: disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods",
			message: "",
			observedGeneration: draft.metadata.generation,
		});
	});
	const next = Math.min(...pending.map(([, since]) => Date.parse(since) + disruptedForMs - now));
	return Number.isFinite(next) ? next : undefined;
}

function writeFailure({ store, clock }: Ground, budget: KubeObject, message: string): void {
	store.update("poddisruptionbudgets", budget.metadata.namespace, budget.metadata.name, (draft) => {
		draft.status = {
			currentHealthy: 0,
			desiredHealthy: 0,
			expectedPods: 0,
			...draft.status,
			disruptionsAllowed: 0,
			observedGeneration: draft.metadata.generation,
		};
		setConditions(draft, clock.now(), {
			type: "DisruptionAllowed",
			status: "False",
			reason: "SyncFailed",
			message,
			observedGeneration: draft.metadata.generation,
		});
	});
}
