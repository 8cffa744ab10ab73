import { setConditions } from "./controllers/conditions.ts";
import type { Ground } from "./controllers/ground.ts";
import { budgetOfVmi } from "./kubevirt/vmi-budgets.ts";
import type { KubeObject } from "./store.ts";

/** The budget of a VMI that has long been running, with what Kubernetes says of it. */
export function seedOwnBudget({ store, clock }: Ground, vmi: KubeObject): void {
	const { namespace, name } = store.create("poddisruptionbudgets", budgetOfVmi(vmi)).metadata;
	store.update("poddisruptionbudgets", namespace, name, (draft) => {
		const counts = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed: 0 };
		draft.status = { observedGeneration: 1, ...counts };
		const condition = { type: "DisruptionAllowed", status: "False", reason: "InsufficientPods", message: "" };
		setConditions(draft, clock.now(), { ...condition, lastProbeTime: undefined, observedGeneration: 1 });
	});
}
