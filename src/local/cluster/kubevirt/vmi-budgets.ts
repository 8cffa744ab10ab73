import type { Controller } from "../controllers/controller-loop.ts";
import type { Ground } from "../controllers/ground.ts";
import { controllerOf, hasEnded, isDeleting, keyOfObject, ownedBy, split } from "../controllers/pods.ts";
import type { Change, KubeObject, NewObject, ObjectStore } from "../store.ts";
import { fieldsAt, textAt } from "../store-object.ts";
import {
	createdByLabel,
	domainAnnotation,
	effectiveStrategy,
	isFinalMigration,
	isMigratable,
	livingLaunchersOf,
} from "./kubevirt-objects.ts";

/** Names the migration for which a budget is raised. */
const migrationNameLabel = "kubevirt.io/migrationName";

/**
 * Up to 1.5: a PodDisruptionBudget for each protected VMI, lowered again after a migration.
 * https://github.com/kubevirt/kubevirt/blob/v1.5.1/pkg/virt-controller/watch/drain/disruptionbudget/disruptionbudget.go
 */
export function vmiBudgets(ground: Ground): Controller {
	const { store } = ground;
	return {
		name: "vmi-budgets",
		program: "virt-controller",
		lag: 40,
		keysOf,
		reconcile: (key) => {
			const [namespace, name] = split(key);
			const vmi = store.get("virtualmachineinstances", namespace, name);
			const budgets = store
				.inNamespace("poddisruptionbudgets", namespace)
				.filter((budget) => vmiNameOf(budget) === name && !isDeleting(budget));
			if (budgets.length === 0 && vmi !== undefined && isProtected(store, vmi)) createBudget(ground, vmi);
			for (const budget of budgets) {
				if (vmi === undefined || !isProtected(store, vmi) || hasEnded(vmi) || controllerOf(budget)?.uid !== vmi.metadata.uid) {
					remove(ground, budget, vmi);
				} else if (isMigrationOver(store, budget, vmi)) lower(ground, budget, vmi);
			}
			return undefined;
		},
	};
}

/** The budget of a VMI that has one. */
function ownBudgetOf(store: ObjectStore, vmi: KubeObject): KubeObject | undefined {
	return store.ownedBy("poddisruptionbudgets", vmi.metadata.uid)[0];
}

/** Whether KubeVirt protects this VMI against evictions. */
export function isProtected(store: ObjectStore, vmi: KubeObject): boolean {
	if (isDeleting(vmi)) return false;
	const strategy = effectiveStrategy(store, vmi);
	return strategy === "LiveMigrate" || strategy === "External" || (strategy === "LiveMigrateIfPossible" && isMigratable(vmi));
}

/** A VMI's own budget: one launcher has to stay. */
export function budgetOfVmi(vmi: KubeObject): NewObject {
	const { namespace = "", uid } = vmi.metadata;
	return {
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { generateName: "kubevirt-disruption-budget-", namespace, ownerReferences: [ownedBy(vmi)] },
		spec: { minAvailable: 1, selector: { matchLabels: { [createdByLabel]: uid } } },
	};
}

function createBudget(ground: Ground, vmi: KubeObject): void {
	const { name } = ground.store.create("poddisruptionbudgets", budgetOfVmi(vmi)).metadata;
	say(ground, vmi, "SuccessfulCreate", `Created PodDisruptionBudget ${name}`);
}

function remove(ground: Ground, budget: KubeObject, vmi: KubeObject | undefined): void {
	const { namespace, name } = budget.metadata;
	ground.store.remove("poddisruptionbudgets", namespace, name);
	if (vmi !== undefined) say(ground, vmi, "SuccessfulDelete", `Deleted PodDisruptionBudget ${name}`);
}

function isMigrationOver(store: ObjectStore, budget: KubeObject, vmi: KubeObject): boolean {
	const migrationName = budget.metadata.labels?.[migrationNameLabel] ?? "";
	if (migrationName === "") return false;
	const vmim = store.get("virtualmachineinstancemigrations", budget.metadata.namespace, migrationName);
	if (vmim === undefined) return true;
	return isFinalMigration(vmim) && livingLaunchersOf(store, vmi).length === 1;
}

function lower(ground: Ground, budget: KubeObject, vmi: KubeObject): void {
	const { namespace, name } = budget.metadata;
	ground.store.update("poddisruptionbudgets", namespace, name, (draft) => {
		draft.spec = { ...draft.spec, minAvailable: 1 };
		const { [migrationNameLabel]: _, ...labels } = draft.metadata.labels ?? {};
		draft.metadata.labels = labels;
	});
	say(ground, vmi, "SuccessfulUpdate", `shrank PodDisruptionBudget ${name}`);
}

/**
 * Raises the VMI's budget so that neither launcher of this migration may go; `protected` when Kubernetes has taken note.
 * https://github.com/kubevirt/kubevirt/blob/v1.5.1/pkg/virt-controller/watch/migration/migration.go#L1127
 */
export function raiseBudget(ground: Ground, vmi: KubeObject, vmim: KubeObject): "protected" | "not yet" {
	const { store, events } = ground;
	const budget = ownBudgetOf(store, vmi);
	if (budget === undefined) return "not yet";
	const { namespace, name, labels, generation } = budget.metadata;
	const wanted = budget.spec?.minAvailable === 2 && labels?.[migrationNameLabel] === vmim.metadata.name;
	if (wanted) {
		const { desiredHealthy, observedGeneration } = fieldsAt(budget, "status");
		return desiredHealthy === 2 && observedGeneration === generation ? "protected" : "not yet";
	}
	store.update("poddisruptionbudgets", namespace, name, (draft) => {
		draft.spec = { ...draft.spec, minAvailable: 2 };
		draft.metadata.labels = { ...draft.metadata.labels, [migrationNameLabel]: vmim.metadata.name };
	});
	const message = `Expanded PodDisruptionBudget ${name}`;
	events.say(vmi, { reason: "SuccessfulUpdate", message, by: "virtualmachine-controller" });
	return "not yet";
}

/** The VMI whose budget this is, by name. */
export function vmiNameOf(budget: KubeObject): string | undefined {
	const owner = controllerOf(budget);
	return owner?.kind === "VirtualMachineInstance" ? owner.name : undefined;
}

function say({ events }: Ground, vmi: KubeObject, reason: string, message: string): void {
	events.say(vmi, { reason, message, by: "disruptionbudget-controller" });
}

function keysOf({ resource, object }: Change): readonly string[] {
	const { namespace, annotations } = object.metadata;
	const of = (name: string | undefined): readonly string[] => (name === undefined ? [] : [`${namespace}/${name}`]);
	switch (resource) {
		case "virtualmachineinstances":
			return [keyOfObject(object)];
		case "virtualmachineinstancemigrations":
			return of(textAt(object, "spec", "vmiName"));
		case "pods":
			return of(annotations?.[domainAnnotation]);
		case "poddisruptionbudgets":
			return of(vmiNameOf(object));
		default:
			return [];
	}
}
