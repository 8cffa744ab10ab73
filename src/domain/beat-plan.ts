import { beatSecondsOf, openHooks } from "./pace.ts";
import type { Hook, MaintenanceRecord } from "./record.ts";

type Hooked = Pick<MaintenanceRecord, "hooks">;
type BeatPlan = Pick<MaintenanceRecord, "beatSeconds" | "laterBeat">;

/** The clock of Intake, which asks how long Hold sleeps, may be so far behind that of Step Functions, by which Hold sleeps. */
const CLOCKS_DIFFER_MS = 60_000;

/** The record with these hooks, and with the pace that suits them. */
export function withHooks<R extends MaintenanceRecord>(record: R, hooks: readonly Hook[]): R {
	const { laterBeat: _, ...rest } = record;
	return { ...rest, hooks, ...beatPlanOf({ hooks }) } as R;
}

/**
 * What Hold is told of its heartbeats: how often one goes out, and from when on fewer do, since the hooks that need so many
 * have reached their limits. Without it a hook of 300 s, which AWS ends after 8 hours, would fill the history in 48.
 */
export function beatPlanOf({ hooks }: Hooked): BeatPlan {
	const beatSeconds = beatSecondsOf({ hooks });
	const open = openHooks({ hooks });
	for (const limitAt of open.map((hook) => hook.limitAt).toSorted((a, b) => a - b)) {
		const later = open.filter((hook) => hook.limitAt > limitAt);
		const seconds = beatSecondsOf({ hooks: later });
		if (later.length > 0 && seconds > beatSeconds)
			return { beatSeconds, laterBeat: { after: new Date(limitAt).toISOString(), seconds } };
	}
	return { beatSeconds };
}

/** For how many seconds at most the execution may sleep between two heartbeats at this time. */
export const sleepsFor = ({ beatSeconds, laterBeat }: BeatPlan, now: number): number =>
	laterBeat && Date.parse(laterBeat.after) <= now + CLOCKS_DIFFER_MS ? laterBeat.seconds : beatSeconds;
