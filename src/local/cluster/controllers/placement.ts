import type { KubeObject } from "../store.ts";
import { fieldsAt, itemsAt } from "../store-object.ts";
import { type Amounts, allocatableOf, requestsOf } from "./quantities.ts";
import { selects, termTakes, tolerates } from "./selectors.ts";

/** A node with what stands on it, as the scheduler sees it. */
export type Room = {
	readonly node: KubeObject;
	/** Pods that are bound, or about to be bound, and have not ended. */
	readonly pods: readonly KubeObject[];
	readonly used: Amounts;
};

export type Taint = { readonly key: string; readonly value?: string; readonly effect: string };

export function taintsOf(node: KubeObject): readonly Taint[] {
	return itemsAt(node, "spec", "taints") as readonly Taint[];
}

const unschedulable: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Why this pod cannot stand there, in the scheduler's words; none when it can. */
export function refusals(pod: KubeObject, room: Room): readonly string[] {
	const { node } = room;
	const tolerations = itemsAt(pod, "spec", "tolerations");
	if (node.spec?.unschedulable === true && tolerates(tolerations, unschedulable) === undefined) {
		return ["node(s) were unschedulable"];
	}
	const untolerated = taintsOf(node).some(
		(taint) => taint.effect !== "PreferNoSchedule" && tolerates(tolerations, taint) === undefined,
	);
	if (untolerated) return ["node(s) had untolerated taint(s)"];
	if (!matchesNode(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];
	const lacking = insufficient(pod, room);
	if (lacking.length > 0) return lacking;
	return repels(pod, room) ? ["node(s) didn't match pod anti-affinity rules"] : [];
}

function matchesNode(pod: KubeObject, node: KubeObject): boolean {
	const named = { name: node.metadata.name, labels: node.metadata.labels ?? {} };
	const selected = Object.entries(fieldsAt(pod, "spec", "nodeSelector")).every(([key, value]) => named.labels[key] === value);
	if (!selected) return false;
	const affinity = fieldsAt(pod, "spec", "affinity", "nodeAffinity");
	const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
	return required === undefined || itemsAt(required, "nodeSelectorTerms").some((term) => termTakes(term, named));
}

function insufficient(pod: KubeObject, room: Room): readonly string[] {
	const allocatable = allocatableOf(room.node);
	const lacking: string[] = [];
	for (const [name, amount] of requestsOf(pod)) {
		// Ephemeral storage is not modelled: no node says how much it has.
		if (amount === 0 || name === "ephemeral-storage") continue;
		if ((room.used.get(name) ?? 0) + amount <= (allocatable.get(name) ?? 0)) continue;
		lacking.push(name === "pods" ? "Too many pods" : `Insufficient ${name}`);
	}
	return lacking;
}

/** Required anti-affinity by hostname, both ways: what the pod keeps away from, and who there keeps away from it. */
function repels(pod: KubeObject, room: Room): boolean {
	return room.pods.some((other) => keepsAwayFrom(pod, other) || keepsAwayFrom(other, pod));
}

function keepsAwayFrom(pod: KubeObject, other: KubeObject): boolean {
	return repulsionsOf(pod).some((term) => isRepelled(term, pod, other));
}

/** Whether the other pod matches every term by which this one keeps away from pods. */
export function matchesAllRepulsions(pod: KubeObject, other: KubeObject): boolean {
	return repulsionsOf(pod).every((term) => isRepelled(term, pod, other));
}

const repulsionsOf = (pod: KubeObject): readonly unknown[] =>
	itemsAt(pod, "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution");

const isRepelled = (term: unknown, pod: KubeObject, other: KubeObject): boolean =>
	pod.metadata.namespace === other.metadata.namespace &&
	fieldsAt(term).topologyKey === "kubernetes.io/hostname" &&
	selects(fieldsAt(term, "labelSelector"), other.metadata.labels);

/** The larger, the better: wishes of the pod first, then free memory. */
export function score(pod: KubeObject, room: Room): number {
	const named = { name: room.node.metadata.name, labels: room.node.metadata.labels ?? {} };
	const wishes = itemsAt(pod, "spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
		.filter((wish) => termTakes(fieldsAt(wish, "preference"), named))
		.reduce((sum: number, wish) => sum + Number(fieldsAt(wish).weight ?? 0), 0);
	const all = allocatableOf(room.node);
	const free = (name: string): number => 1 - (room.used.get(name) ?? 0) / Math.max(all.get(name) ?? 0, 1e-9);
	return wishes * 100 + (free("memory") + free("cpu")) / 2;
}

/** `0/4 nodes are available: 1 node(s) were unschedulable, 2 Insufficient memory. …` */
export function refusalMessage(refused: readonly (readonly string[])[]): string {
	const counts = new Map<string, number>();
	for (const reason of refused.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	const all = refused.length;
	const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
	if (all === 0) return "no nodes available to schedule pods";
	return `0/${all} nodes are available: ${reasons.join(", ")}. no new claims to deallocate, preemption: 0/${all} nodes are available: ${all} Preemption is not helpful for scheduling.`;
}
