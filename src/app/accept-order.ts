import { instanceOf } from "../domain/identity.ts";
import type { OrderReading } from "../events/reading.ts";
import type { World } from "../ports.ts";
import { clusterOf } from "./cluster-of.ts";
import { openMaintenance } from "./open-maintenance.ts";
import type { Receipt } from "./receipt.ts";

type Place = { readonly instanceId: string; readonly cluster: string };

/** An operator's order to drain. One that names what is not there is kept for the operator to see, not dropped. */
export async function acceptOrder(reading: OrderReading, world: World): Promise<Receipt> {
	if (reading.notAfter !== undefined && reading.notAfter < world.clock.now())
		return { outcome: "stale", why: `the order was not to be started after ${new Date(reading.notAfter).toISOString()}` };
	const place = await resolve(reading, world);
	if (typeof place === "string") return { outcome: "malformed", why: place };
	const { requestId, reason, deadline, mayEnd } = reading;
	const request = { requestId, source: "order" as const, ...place, reason, mayEnd, ...(deadline !== undefined && { deadline }) };
	return openMaintenance(request, world);
}

/** Where the order points, or the sentence that says why nowhere. */
async function resolve({ target }: OrderReading, world: World): Promise<Place | string> {
	if ("instanceId" in target) {
		const instance = await world.instances.describe(target.instanceId);
		if (!instance || instance.state === "terminated") return `instance ${target.instanceId} is unknown to EC2 or gone`;
		const place = await clusterOf(instance, world);
		return "why" in place ? place.why : { instanceId: target.instanceId, cluster: place.cluster };
	}
	const cluster = world.clusters.get(target.cluster);
	if (!cluster) return `cluster ${target.cluster} is not configured; configured are ${[...world.clusters.keys()].join(", ")}`;
	const [node] = await cluster.findNodes({ name: target.nodeName });
	if (!node) return `cluster ${target.cluster} has no Node ${target.nodeName}`;
	const instanceId = instanceOf(node.providerId);
	if (!instanceId)
		return `Node ${target.nodeName} has the provider id ${node.providerId || "(none)"}, which names no EC2 instance`;
	return { instanceId, cluster: target.cluster };
}
