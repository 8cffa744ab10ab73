import { type Decision, waitSecondsFor } from "../domain/next-step.ts";
import { mustHandOver, paceOf } from "../domain/pace.ts";
import type { MaintenanceKey, MaintenanceRecord } from "../domain/record.ts";
import type { StepResult } from "../domain/step-result.ts";
import { ConfigurationInvalid } from "../faults.ts";
import type { Cluster, World } from "../ports.ts";

/** One try of one step: `turn` is unique to it, `turns` counts the execution's loops so far. */
export type Attempt = { readonly turn: string; readonly turns: number };

/** A use case that the execution calls: reads the world again, acts, and says where to go next. */
export type Step = (key: MaintenanceKey, world: World, attempt: Attempt) => Promise<StepResult>;

/** What the execution is told: where to go, and how fast this maintenance may go. */
export function stepResult(decision: Decision, record: MaintenanceRecord, { turns }: Attempt, now: number): StepResult {
	const next = mustHandOver(turns) && (decision.next === "watch" || decision.next === "wait") ? "hand over" : decision.next;
	const { watchTimeoutSeconds } = paceOf(record);
	return { next, waitSeconds: waitSecondsFor(decision, record, now), watchTimeoutSeconds, turns: turns + 1 };
}

/** Throws ConfigurationInvalid: the cluster was taken out of the configuration while a maintenance of its was open. */
export function clusterOfRecord({ cluster }: MaintenanceRecord, { clusters }: Pick<World, "clusters">): Cluster {
	const found = clusters.get(cluster);
	if (found) return found;
	throw new ConfigurationInvalid(
		`cannot reach cluster ${cluster}: it is not configured any more; put it back until its drains end`,
	);
}
