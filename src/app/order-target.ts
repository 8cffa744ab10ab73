import { instanceOf } from "../domain/identity.ts";
import type { OrderTarget } from "../events/reading.ts";
import type { World } from "../ports.ts";
import { clusterOf } from "./cluster-of.ts";
import type { QueueMessage } from "./queue-message.ts";

export type Place = { readonly instanceId: string; readonly cluster: string };

/** Where an order points, or the sentence that says why nowhere. */
export async function placeOf(target: OrderTarget, world: World): Promise<Place | string> {
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

type Dated = { readonly issuedAt?: number; readonly notAfter?: number };

/** An order that says nothing of its age is as old as its message. None is younger: clocks of pipelines may run ahead. */
export const issuedAtOf = ({ issuedAt }: Dated, { sentAt }: Pick<QueueMessage, "sentAt">): number =>
	Math.min(issuedAt ?? sentAt, sentAt);

/** Why an order must not begin anything any more; undefined while it may. `now` in epoch milliseconds. */
export const expiredBy = ({ notAfter }: Dated, now: number): string | undefined =>
	notAfter !== undefined && notAfter < now
		? `the order was not to be started after ${new Date(notAfter).toISOString()}`
		: undefined;
