import type { KubeObject } from "../store.ts";
import { fieldsAt, itemsAt } from "../store-object.ts";

const scales: Readonly<Record<string, number>> = {
	"": 1,
	m: 1e-3,
	k: 1e3,
	K: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
};

/** A Kubernetes quantity in base units: cores, bytes, pieces. Throws on what is none. */
export function quantity(text: unknown): number {
	const parts = /^([0-9.]+)([A-Za-z]*)$/.exec(String(text));
	const scale = scales[parts?.[2] ?? ""];
	if (parts === null || scale === undefined) throw new Error(`cannot read the quantity ${String(text)}: write it as 500m or 4Gi`);
	return Number(parts[1]) * scale;
}

export type Amounts = ReadonlyMap<string, number>;

function amountsAt(value: unknown, ...path: readonly string[]): Amounts {
	return new Map(Object.entries(fieldsAt(value, ...path)).map(([name, text]) => [name, quantity(text)]));
}

function added(sum: Map<string, number>, amounts: Amounts): void {
	for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0) + amount);
}

const requestsOfSpec = new WeakMap<object, Amounts>();

/** What the scheduler counts for a pod: containers and sidecars, or the largest init container if that is more. */
export function requestsOf(pod: KubeObject): Amounts {
	const spec = pod.spec ?? {};
	const known = requestsOfSpec.get(spec);
	if (known !== undefined) return known;
	const sum = new Map<string, number>([["pods", 1]]);
	for (const container of itemsAt(spec, "containers")) added(sum, requestsOfContainer(container));
	for (const container of itemsAt(spec, "initContainers")) {
		const requests = requestsOfContainer(container);
		if (fieldsAt(container).restartPolicy === "Always") added(sum, requests);
		else for (const [name, amount] of requests) sum.set(name, Math.max(sum.get(name) ?? 0, amount));
	}
	requestsOfSpec.set(spec, sum);
	return sum;
}

function requestsOfContainer(container: unknown): Amounts {
	const limits = amountsAt(container, "resources", "limits");
	return new Map([...limits, ...amountsAt(container, "resources", "requests")]);
}

/** What a node has to give. */
export function allocatableOf(node: KubeObject): Amounts {
	return amountsAt(node, "status", "allocatable");
}

export function sumOf(all: readonly Amounts[]): Amounts {
	const sum = new Map<string, number>();
	for (const amounts of all) added(sum, amounts);
	return sum;
}
