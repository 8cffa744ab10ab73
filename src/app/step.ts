import { EVENTS_OF_STEP, eventsOfRound, eventsOfTurn, mustHandOver } from "../domain/history-budget.ts";
import { waitSecondsFor } from "../domain/next-step.ts";
import { paceOf } from "../domain/pace.ts";
import type { MaintenanceKey, MaintenanceRecord } from "../domain/record.ts";
import type { Decision, Next, StepResult } from "../domain/step-result.ts";
import { ConfigurationInvalid } from "../faults.ts";
import type { Cluster, World } from "../ports.ts";

/** One try of one step: `turn` is unique to it, `events` counts the execution's history, `rounds` those of Hold in it. */
export type Attempt = {
	readonly turn: string;
	readonly events: number;
	readonly rounds: number;
	/** It is a Watch, which another one may follow at once. */
	readonly watches?: true;
};

/** A use case that the execution calls: reads the world again, acts, and says where to go next. */
export type Step = (key: MaintenanceKey, world: World, attempt: Attempt) => Promise<StepResult>;

/** What the execution is told: where to go, and how fast this maintenance may go. */
export function stepResult(decision: Decision, record: MaintenanceRecord, attempt: Attempt, now: number): StepResult {
	const isNextAtOnce = decision.next === "cordon" || (attempt.watches === true && decision.next === "watch");
	const events = attempt.events + (isNextAtOnce ? EVENTS_OF_STEP : eventsOfTurn(record));
	const isFull = mustHandOver(events + attempt.rounds * eventsOfRound(record), record, now);
	const next = isFull && lasting.has(decision.next) ? "hand over" : decision.next;
	const { watchTimeoutSeconds } = paceOf(record);
	const pace = { waitSeconds: waitSecondsFor(decision, record, now), watchTimeoutSeconds };
	return { next, ...pace, events, ...(record.state === "handed over" && { slot: "passed on" }) };
}

/** Where an execution may go round for days; every way round leads through one of them. */
const lasting: ReadonlySet<Next> = new Set<Next>(["admit", "watch", "wait", "hold"]);

/** Throws ConfigurationInvalid: the cluster was taken out of the configuration while a maintenance of its was open. */
export function clusterOfRecord({ cluster }: MaintenanceRecord, { clusters }: Pick<World, "clusters">): Cluster {
	const found = clusters.get(cluster);
	if (found) return found;
	throw new ConfigurationInvalid(
		`cannot reach cluster ${cluster}: it is not configured any more; put it back until its drains end`,
	);
}
