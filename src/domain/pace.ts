import type { Hook, MaintenanceRecord } from "./record.ts";

/** AWS's default hook time-out, taken where no hook has a say. */
const DEFAULT_HOOK_SECONDS = 3_600;
const LONGEST_BEAT_SECONDS = 900;
const LONGEST_TURN_SECONDS = 255;
const SHORTEST_TURN_SECONDS = 20;
/** What a Watch needs besides watching: the first look, the last write, and Step Functions' own way. */
const TURN_ROOM_SECONDS = 8;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Hooks that still wait for an answer from us: neither completed nor lost. */
export const openHooks = ({ hooks }: Pick<MaintenanceRecord, "hooks">): readonly Hook[] =>
	hooks.filter((hook) => hook.completedAt === undefined && hook.lostAt === undefined);

const shortestSeconds = (record: Pick<MaintenanceRecord, "hooks">): number | undefined => {
	const hooks = openHooks(record);
	return hooks.length === 0 ? undefined : Math.min(...hooks.map(({ timeoutSeconds }) => timeoutSeconds));
};

/** Seconds between two heartbeats of one hook: three fit into its time-out. */
export const beatPeriodSeconds = (timeoutSeconds: number): number => Math.min(timeoutSeconds / 3, LONGEST_BEAT_SECONDS);

/** Whole seconds between heartbeats that suit the shortest open hook. */
export function beatSecondsOf(record: Pick<MaintenanceRecord, "hooks">): number {
	return Math.floor(beatPeriodSeconds(shortestSeconds(record) ?? DEFAULT_HOOK_SECONDS));
}

type Pace = {
	/** After how many seconds Step Functions takes a Watch for hung. */
	readonly watchTimeoutSeconds: number;
	/** How long a Watch follows the cluster. */
	readonly watchSeconds: number;
	/** How long the machine waits while nothing moves. */
	readonly waitSeconds: number;
	/** How often a heartbeat goes out. */
	readonly beatSeconds: number;
};

/** How fast a maintenance goes: no path between two heartbeats is longer than half the shortest open hook. */
export function paceOf(record: Pick<MaintenanceRecord, "hooks">): Pace {
	const hookSeconds = shortestSeconds(record) ?? DEFAULT_HOOK_SECONDS;
	const half = Math.floor(hookSeconds / 2);
	const watchTimeoutSeconds = clamp(half - 22, SHORTEST_TURN_SECONDS, LONGEST_TURN_SECONDS);
	return {
		watchTimeoutSeconds,
		watchSeconds: watchTimeoutSeconds - TURN_ROOM_SECONDS,
		waitSeconds: Math.floor(clamp(0.2 * hookSeconds, 5, 300)),
		beatSeconds: beatSecondsOf(record),
	};
}

/** A hook so short that one slow turn may let it lapse. */
export const isTooShort = ({ timeoutSeconds }: Pick<Hook, "timeoutSeconds">): boolean => timeoutSeconds < 300;

/** Whether a heartbeat is due; `now` in epoch milliseconds. */
export const isBeatDue = (record: Pick<MaintenanceRecord, "hooks" | "lastBeatAt">, now: number): boolean =>
	openHooks(record).length > 0 && now - record.lastBeatAt >= beatSecondsOf(record) * 1000;
