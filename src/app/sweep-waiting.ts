import type { Hook } from "../domain/record.ts";
import { isUnheard } from "../domain/take-in.ts";
import type { HookFacts, WaitingInstance, World } from "../ports.ts";
import { clusterOf } from "./cluster-of.ts";
import { openMaintenance } from "./open-maintenance.ts";
import type { SweepRun } from "./sweep-run.ts";

/** Takes in every instance that waits for a hook of ours and of which no message has told. */
export function sweepWaiting(run: SweepRun, world: World, hookNames: readonly string[]): Promise<void> {
	return run.each(
		"instances that wait",
		() => world.instances.waiting(hookNames),
		({ instanceId }) => instanceId,
		(waiting) => takeIn(waiting, world),
	);
}

async function takeIn({ instanceId, group, hooks }: WaitingInstance, world: World): Promise<string> {
	const latest = await world.records.latest(instanceId);
	const unheard = hooks.filter(({ hook }) => isUnheard(latest, { group, hook }));
	if (unheard.length === 0) return "waiting and known";
	const instance = await world.instances.describe(instanceId);
	if (instance?.lifecycle?.state !== "Terminating:Wait") return "waiting no more";
	const place = await clusterOf(instance, world);
	if ("why" in place) {
		world.notices.say({ event: "sweep", outcome: "foreign", instanceId, why: place.why });
		return "foreign";
	}
	for (const hook of unheard) {
		const request = requestOf(instanceId, group, hook, place.cluster, world);
		const { outcome, why } = await openMaintenance(request, world);
		world.notices.say({ event: "taken in", outcome, why, instanceId, group, hook: hook.hook });
		if (outcome === "accepted") await firstBeat(instanceId, request.hook, world);
	}
	return "taken in";
}

/** How long it has waited already nobody knows, and an execution that it joins may sleep for as long as its other hooks let it. */
async function firstBeat(instanceId: string, hook: Hook, { instances, notices }: World): Promise<void> {
	try {
		await instances.heartbeat(instanceId, hook);
	} catch (fault) {
		notices.say({ event: "heartbeat failed", instanceId, hook: hook.hook, why: String(fault) });
	}
}

/**
 * Auto Scaling shows neither the action's token nor when it began: heartbeats and the answer name the instance instead,
 * and its beginning and its limit are the latest that they can be, so that it is newer than a cancel of before. The event,
 * should it come after all, brings the token and the limit. The same action has the same id, so that two sweeps take it in
 * once.
 */
function requestOf(instanceId: string, group: string, hook: HookFacts, cluster: string, { clock }: World) {
	const issuedAt = clock.now();
	const limitAt = issuedAt + hook.globalTimeoutSeconds * 1000;
	return {
		requestId: `sweep:${instanceId}:${group}/${hook.hook}`,
		issuedAt,
		source: "sweep" as const,
		instanceId,
		cluster,
		reason: `Auto Scaling group ${group} terminates the instance, and no event told of it`,
		hook: { group, hook: hook.hook, timeoutSeconds: hook.timeoutSeconds, limitAt },
		deadline: limitAt,
		mayEnd: [],
	};
}
