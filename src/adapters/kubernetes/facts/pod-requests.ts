import * as z from "zod";
import type { Resources } from "../../../domain/look.ts";
import { resources } from "./quantity.ts";

const container = z.object({
	restartPolicy: z.string().nullish(),
	resources: z.object({ requests: resources }).nullish(),
});

/** The parts of a pod's spec that say what it asks for. */
export const podRequestsSchema = {
	containers: z.array(container),
	initContainers: z.array(container).nullish(),
	overhead: resources,
	resources: z.object({ requests: resources }).nullish(),
};

type PodSpec = z.output<z.ZodObject<typeof podRequestsSchema>>;

function plus(a: Resources, b: Resources): Resources {
	const sum: Record<string, number> = { ...a };
	for (const [name, amount] of Object.entries(b)) sum[name] = toNano((sum[name] ?? 0) + amount);
	return sum;
}

/** Kubernetes counts no finer; without it 0.1 and 0.005 cores are a little more than 0.105. */
function toNano(amount: number): number {
	return Number.isInteger(amount) ? amount : Math.round(amount * 1e9) / 1e9;
}

function larger(a: Resources, b: Resources): Resources {
	const most: Record<string, number> = { ...a };
	for (const [name, amount] of Object.entries(b)) most[name] = Math.max(most[name] ?? 0, amount);
	return most;
}

/**
 * What the scheduler counts for a pod: its containers and sidecars together, or the largest init container with the
 * sidecars that run before it; a request of the whole pod in their place; the overhead of its runtime class; one pod.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podRequests(spec: PodSpec): Resources {
	let sidecars: Resources = {};
	let starting: Resources = {};
	for (const init of spec.initContainers ?? []) {
		const asked = init.resources?.requests ?? {};
		if (init.restartPolicy === "Always") {
			sidecars = plus(sidecars, asked);
			starting = larger(starting, sidecars);
		} else {
			starting = larger(starting, plus(sidecars, asked));
		}
	}
	const running = spec.containers.reduce((sum, { resources: own }) => plus(sum, own?.requests ?? {}), sidecars);
	const counted = { ...larger(running, starting), ...spec.resources?.requests };
	return { ...plus(counted, spec.overhead), pods: 1 };
}
