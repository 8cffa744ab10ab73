import { openHooks } from "./pace.ts";
import { actionKey, type MaintenanceRecord, type RefusedBeats } from "./record.ts";
import { withTrouble } from "./record-changes.ts";
import { shortened } from "./shortened.ts";
import type { Trouble } from "./trouble.ts";
import { keptTrouble } from "./trouble-limits.ts";

/** Milliseconds after which a drain whose heartbeats nobody takes, or that has none to send, writes that it goes on. */
export const SIGN_OF_LIFE_MS = 5 * 60_000;

/** What was refused longer ago than this may have been taken since: Hold sends heartbeats, and writes nothing down. */
const REFUSAL_COUNTS_MS = 15 * 60_000;
const WHY_LIMIT = 300;

/** AWS has not taken these heartbeats; written again only from time to time while nothing else changes. */
export function withBeatsRefused(record: MaintenanceRecord, { hooks, why, at }: RefusedBeats): MaintenanceRecord {
	const known = record.refusedBeats;
	const isSame = known?.hooks.length === hooks.length && hooks.every((hook) => known.hooks.includes(hook));
	if (isSame && at - known.at < SIGN_OF_LIFE_MS) return record;
	return { ...record, refusedBeats: { hooks, why: shortened(why, WHY_LIMIT), at } };
}

/**
 * Hooks that lapse soon because AWS takes no heartbeat of ours: half a time-out has passed since it took all. Before Hold,
 * which can tell nobody for an hour, the first refusal counts. `now` in epoch milliseconds.
 */
export function heartbeatsRefused(record: MaintenanceRecord, now: number, isBeforeHold = false): readonly Trouble[] {
	const { refusedBeats, lastBeatAt } = record;
	if (!refusedBeats || now - refusedBeats.at >= REFUSAL_COUNTS_MS) return [];
	return openHooks(record)
		.filter((hook) => refusedBeats.hooks.includes(actionKey(hook)))
		.filter(({ timeoutSeconds }) => isBeforeHold || now - lastBeatAt >= timeoutSeconds * 500)
		.map(({ hook, group, timeoutSeconds }) => ({
			kind: "heartbeat-refused",
			about: hook,
			says: `AWS refuses the heartbeats of hook ${hook} of group ${group}, and may take the instance from ${new Date(lastBeatAt + timeoutSeconds * 1000).toISOString()} on with all that runs on it; send them by hand (aws autoscaling record-lifecycle-action-heartbeat) until the reason is removed: ${refusedBeats.why}`,
		}));
}

/** What a step that does not look knows of heartbeats, with all other trouble as it was. */
export function withBeatTrouble(record: MaintenanceRecord, now: number): MaintenanceRecord {
	const isOfBeats = ({ kind }: Trouble): boolean => kind === "heartbeat-refused";
	const fresh = heartbeatsRefused(record, now).map(keptTrouble);
	const isSame = JSON.stringify(fresh) === JSON.stringify(record.trouble.filter(isOfBeats));
	return isSame ? record : withTrouble(record, [...record.trouble.filter((one) => !isOfBeats(one)), ...fresh]);
}
