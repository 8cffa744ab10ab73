import type { KubeObject, Store } from "../store.ts";
import { type Fields, fieldsAt, isFields, itemsAt, timestamp } from "../store-object.ts";
import { forbidden, tooManyRequests, unclassified } from "./api-status.ts";
import { matchesLabels, readLabelSelector } from "./label-selectors.ts";

const wouldViolate = "Cannot evict pod as it would violate the pod's disruption budget.";
const mostDisruptedPods = 2000;

const countAt = (budget: KubeObject, field: string): number => Number(fieldsAt(budget, "status")[field] ?? 0);

/** The PodDisruptionBudgets whose selector matches this pod; an empty selector matches nothing. */
function budgetsFor(store: Store, pod: KubeObject): readonly KubeObject[] {
	return store.inNamespace("poddisruptionbudgets", pod.metadata.namespace ?? "").filter((budget) => {
		const selector = readLabelSelector(fieldsAt(budget, "spec", "selector"));
		return selector !== undefined && matchesLabels(selector, pod.metadata.labels);
	});
}

function isReady(pod: KubeObject): boolean {
	return itemsAt(pod, "status", "conditions").some(
		(condition) => isFields(condition) && condition.type === "Ready" && condition.status === "True",
	);
}

/** An unready pod takes nothing from the budget if its policy or the budget's health allows it. */
function passesAsUnready(budget: KubeObject, pod: KubeObject): boolean {
	if (isReady(pod)) return false;
	if (fieldsAt(budget, "spec").unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
	const desired = countAt(budget, "desiredHealthy");
	return countAt(budget, "currentHealthy") >= desired && desired > 0;
}

/**
 * Takes this pod's disruption from its budget; throws the refusal when that is not possible. With `dryRun` nothing is written.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/registry/core/pod/storage/eviction.go
 */
export function spendBudget(store: Store, pod: KubeObject, options: { readonly now: number; readonly dryRun: boolean }): void {
	const budgets = budgetsFor(store, pod);
	const [budget] = budgets;
	if (budget === undefined) return;
	if (budgets.length > 1) {
		throw unclassified("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
	}
	if (passesAsUnready(budget, pod)) return;
	refuseUnlessAllowed(budget);
	if (options.dryRun) return;
	const { name, namespace } = budget.metadata;
	store.update("poddisruptionbudgets", namespace, name, (draft) => {
		const status = fieldsAt(draft, "status");
		status.disruptionsAllowed = countAt(budget, "disruptionsAllowed") - 1;
		status.disruptedPods = { ...fieldsAt(status, "disruptedPods"), [pod.metadata.name]: timestamp(options.now) };
		if (status.disruptionsAllowed === 0) markExhausted(status, options.now);
		draft.status = status;
	});
}

function refuseUnlessAllowed(budget: KubeObject): void {
	const { name, generation = 0 } = budget.metadata;
	if (countAt(budget, "observedGeneration") < generation) {
		throw tooManyRequests(wouldViolate, `The disruption budget ${name} is still being processed by the server.`, 10);
	}
	const subject = { kind: "poddisruptionbudget", group: "policy", name };
	if (countAt(budget, "disruptionsAllowed") < 0) throw forbidden(subject, "pdb disruptions allowed is negative");
	if (Object.keys(fieldsAt(budget, "status", "disruptedPods")).length > mostDisruptedPods) {
		throw forbidden(subject, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
	}
	if (countAt(budget, "disruptionsAllowed") === 0) throw tooManyRequests(wouldViolate, whyExhausted(budget));
}

/** The wording of Kubernetes 1.35; older ones only know the one with the numbers. */
function whyExhausted(budget: KubeObject): string {
	const { name } = budget.metadata;
	const condition = itemsAt(budget, "status", "conditions")
		.filter(isFields)
		.find(({ type }) => type === "DisruptionAllowed");
	const says = condition?.status === "False" && typeof condition.message === "string" ? condition.message : "";
	const closed = `The disruption budget ${name} does not allow evicting pods currently`;
	if (says !== "" && condition?.reason === "SyncFailed") return `${closed} because it failed sync: ${says}`;
	const desired = countAt(budget, "desiredHealthy");
	const current = countAt(budget, "currentHealthy");
	if (current <= desired) return `The disruption budget ${name} needs ${desired} healthy pods and has ${current} currently`;
	return says === "" ? closed : `${closed} (${String(condition?.reason)}): ${says}`;
}

function markExhausted(status: Fields, now: number): void {
	const conditions = itemsAt(status, "conditions").filter(isFields);
	const before = conditions.find(({ type }) => type === "DisruptionAllowed");
	const condition = {
		type: "DisruptionAllowed",
		status: "False",
		observedGeneration: status.observedGeneration,
		lastTransitionTime: before?.status === "False" ? before.lastTransitionTime : timestamp(now),
		reason: "InsufficientPods",
		message: "",
	};
	status.conditions = [...conditions.filter(({ type }) => type !== "DisruptionAllowed"), condition];
}
