import type { KubeObject } from "../store.ts";
import { itemsAt, timestamp } from "../store-object.ts";

/** As every kind of object has them in `status.conditions`. */
export type Condition = {
	type: string;
	status: string;
	reason?: string | undefined;
	message?: string | undefined;
	lastProbeTime?: string | null | undefined;
	lastTransitionTime?: string | null | undefined;
	observedGeneration?: number | undefined;
};

export function conditionsOf(object: KubeObject): readonly Condition[] {
	return itemsAt(object, "status", "conditions") as readonly Condition[];
}

export function conditionOf(object: KubeObject, type: string): Condition | undefined {
	return conditionsOf(object).find((condition) => condition.type === type);
}

export function isTrue(object: KubeObject, type: string): boolean {
	return conditionOf(object, type)?.status === "True";
}

/** Sets conditions on a draft; the transition time stays as long as the status does. */
export function setConditions(draft: KubeObject, now: number, ...wanted: readonly Condition[]): void {
	const conditions = [...conditionsOf(draft)];
	for (const condition of wanted) {
		const at = conditions.findIndex(({ type }) => type === condition.type);
		const before = conditions[at];
		const since =
			before?.status === condition.status && before.lastTransitionTime !== undefined ? before.lastTransitionTime : timestamp(now);
		const next = { lastProbeTime: null, lastTransitionTime: since, ...condition };
		if (at === -1) conditions.push(next);
		else conditions[at] = next;
	}
	draft.status = { ...draft.status, conditions };
}

export function dropConditions(draft: KubeObject, ...types: readonly string[]): void {
	const conditions = conditionsOf(draft);
	const kept = conditions.filter(({ type }) => !types.includes(type));
	if (kept.length < conditions.length) draft.status = { ...draft.status, conditions: kept };
}
