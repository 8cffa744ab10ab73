import type { LifecycleReading } from "../events/reading.ts";
import type { HookFacts, InstanceFacts, World } from "../ports.ts";
import { clusterOf } from "./cluster-of.ts";
import { openMaintenance } from "./open-maintenance.ts";
import type { QueueMessage } from "./queue-message.ts";
import type { Receipt } from "./receipt.ts";

/** How often an InService instance is asked about again before its message counts as forged or replayed. */
const PATIENCE = 2;

/** Auto Scaling waits for our answer before it terminates an instance. */
export async function acceptLifecycleAction(
	reading: LifecycleReading,
	{ receiveCount }: QueueMessage,
	world: World,
	hookNames: readonly string[],
): Promise<Receipt> {
	if (!hookNames.includes(reading.hook)) return { outcome: "ignored", why: `hook ${reading.hook} is not ours to answer` };
	const instance = await world.instances.describe(reading.instanceId);
	if (!instance || instance.state === "terminated")
		return { outcome: "stale", why: `instance ${reading.instanceId} is unknown or gone` };
	const late = notWaiting(reading, instance, receiveCount);
	if (late) return late;
	const place = await clusterOf(instance, world);
	if ("why" in place) return { outcome: "foreign", why: place.why };
	const hook = (await world.instances.terminatingHooks(reading.group)).find((one) => one.hook === reading.hook);
	if (!hook) return { outcome: "stale", why: `group ${reading.group} has no terminating hook ${reading.hook} any more` };
	const limitAt = reading.eventTime + hook.globalTimeoutSeconds * 1000;
	if (limitAt <= world.clock.now())
		return { outcome: "stale", why: `the action on ${reading.instanceId} expired at ${new Date(limitAt).toISOString()}` };
	return openMaintenance(requestOf(reading, hook, limitAt, place.cluster), world);
}

function notWaiting({ instanceId, group }: LifecycleReading, instance: InstanceFacts, receiveCount: number): Receipt | undefined {
	if (!instance.lifecycle || instance.lifecycle.group !== group)
		return { outcome: "stale", why: `instance ${instanceId} is not in group ${group}` };
	switch (instance.lifecycle.state) {
		case "Terminating:Wait":
			return undefined;
		case "Terminating":
			return { outcome: "retry", why: `instance ${instanceId} does not wait yet` };
		case "InService":
			if (receiveCount < PATIENCE) return { outcome: "retry", why: `instance ${instanceId} is still in service` };
			return { outcome: "stale", why: `instance ${instanceId} is in service: a replayed or forged message drains nothing` };
		default:
			return { outcome: "stale", why: `instance ${instanceId} is ${instance.lifecycle.state}: no action waits for us` };
	}
}

const requestOf = (reading: LifecycleReading, hook: HookFacts, limitAt: number, cluster: string) => ({
	requestId: reading.requestId,
	issuedAt: reading.eventTime,
	source: reading.via === "sqs" ? ("lifecycle-notification" as const) : ("lifecycle-event" as const),
	instanceId: reading.instanceId,
	cluster,
	reason: `Auto Scaling group ${reading.group} terminates the instance`,
	hook: { group: reading.group, hook: reading.hook, token: reading.token, timeoutSeconds: hook.timeoutSeconds, limitAt },
	deadline: limitAt,
	mayEnd: [],
});
