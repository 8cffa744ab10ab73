import { openHooks } from "./pace.ts";
import type { MaintenanceRecord } from "./record.ts";

type Hooked = Pick<MaintenanceRecord, "hooks" | "beatSeconds" | "laterBeat">;

/** Step Functions ends an execution at 25,000: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const EVENTS_IN_ALL = 24_500;
const HANDED_OVER_AT = 15_000;
/** However many hooks there are, so much work goes into one execution. */
const AT_LEAST = 3_000;
/** So long Hold can go on wherever it begins, with none of our functions working. */
const MENDED_WITHIN_MS = 24 * 3_600_000;

/** Events of a state that calls something: entered, scheduled, started, succeeded, exited. */
const CALL = 5;
/** What a first try that fails adds: scheduled, started, failed. */
const AGAIN = 3;
/** Events of a Choice, a Pass or a Wait: entered, exited. */
const STATE = 2;
/** Events of the Map over the hooks, but for its iterations: entered, started, succeeded, exited. */
const MAP = 4;
/** An iteration with its heartbeat: started, the five of a call, succeeded. */
const BEAT = 7;
/**
 * An iteration where AWS does not know the hook any more: started; the call entered, two tries of three events each, exited;
 * the Pass that catches it; succeeded.
 */
const LOST_BEAT = 12;

/** Events of a notice on the way to a step: the call, repeated once, and the Choice after it. */
export const NOTICE_EVENTS = CALL + AGAIN + STATE;

/** Rounds of Hold in which it hears of orders within a minute, in one execution. */
export const LISTENING_ROUNDS = 60;
export const LISTENING_SECONDS = 60;

const beatsOf = (record: Pick<Hooked, "hooks">): number => {
	const open = openHooks(record).length;
	// Where a token is unknown, each heartbeat begins with a choice.
	const choice = record.hooks.some(({ token }) => token === undefined) ? STATE : 0;
	return MAP + open * (BEAT + choice) + (record.hooks.length - open) * (LOST_BEAT + choice);
};

/**
 * Events of one step with all that may lie between it and the next one, but for notices: the step and the read of the hooks,
 * each repeated once, the heartbeats, and four states. Through Hold these are the Choice after the step, two on the way in
 * and one on the way out; past it, the two Choices and the Wait between them.
 */
export const eventsOfTurn = (record: Pick<Hooked, "hooks">): number => 2 * (CALL + AGAIN) + 4 * STATE + beatsOf(record);

/** Events of a step that another one follows at once, Cordon after Assess or a Watch after a Watch: as many as of a notice. */
export const EVENTS_OF_STEP = CALL + AGAIN + STATE;

/** Events of one round of Hold: the read of the hooks, the heartbeats, and six states from "Is it over?" to the Wait. */
export const eventsOfRound = (record: Pick<Hooked, "hooks">): number => CALL + 6 * STATE + beatsOf(record);

/**
 * Events of a try of Hold's that fails, of giving back the slot, which it does each time that it begins, and of telling of the
 * fault.
 */
const TRY = 2 * (CALL + AGAIN) + 4 * STATE + NOTICE_EVENTS;

/**
 * Whether the execution's history is so full that the next generation has to go on: at 15,000 events, and sooner where Hold
 * would need more room than is left to keep the hooks alive for a day with none of our functions working.
 */
export const mustHandOver = (events: number, record: Hooked, now: number): boolean =>
	events >= Math.max(AT_LEAST, Math.min(HANDED_OVER_AT, EVENTS_IN_ALL - eventsOfHold(record, now)));

/** Events of a day of Hold, or until the last hook has reached its limit. */
function eventsOfHold(record: Hooked, now: number): number {
	const ends = openHooks(record).map(({ limitAt }) => limitAt);
	if (ends.length === 0) return 0;
	const end = Math.min(Math.max(...ends, now), now + MENDED_WITHIN_MS);
	const change = record.laterBeat ? Math.min(end, Math.max(now, Date.parse(record.laterBeat.after))) : end;
	const rounds =
		(change - now) / 1000 / record.beatSeconds + (end - change) / 1000 / (record.laterBeat?.seconds ?? record.beatSeconds);
	// It tries again after minutes at first, and then every hour.
	const tries = 8 + (end - now) / 3_600_000;
	return (rounds + LISTENING_ROUNDS) * eventsOfRound(record) + tries * TRY;
}
