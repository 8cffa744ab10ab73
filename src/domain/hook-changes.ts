import { withHooks } from "./beat-plan.ts";
import { openHooks } from "./pace.ts";
import { actionKey, actionName, type Hook, type MaintenanceRecord } from "./record.ts";

/** `key`: the action's token, or its name when it was acted on before its token became known. */
const changeHook = (record: MaintenanceRecord, key: string, change: (hook: Hook) => Hook): MaintenanceRecord => {
	const isMeant = (hook: Hook) => actionKey(hook) === key || (!isAnswered(hook) && actionName(hook) === key);
	const hooks = record.hooks.map((hook) => (isMeant(hook) ? change(hook) : hook));
	if (hooks.every((hook, index) => hook === record.hooks[index])) return record;
	return withHooks(record, hooks);
};

/** AWS does not know this action any more. */
export const withHookLost = (record: MaintenanceRecord, key: string, now: number): MaintenanceRecord =>
	changeHook(record, key, (hook) => (isAnswered(hook) ? hook : { ...hook, lostAt: now }));

/** We completed this action. */
export const withHookCompleted = (record: MaintenanceRecord, key: string, now: number): MaintenanceRecord =>
	changeHook(record, key, (hook) => (hook.completedAt === undefined ? { ...hook, completedAt: now } : hook));

/** The action waits for nothing more from us. */
export const isAnswered = (hook: Pick<Hook, "completedAt" | "lostAt">): boolean =>
	hook.completedAt !== undefined || hook.lostAt !== undefined;

/** Heartbeats for every open hook went out, or there was none to send. */
export function withBeat(record: MaintenanceRecord, now: number): MaintenanceRecord {
	const { refusedBeats, ...rest } = record;
	return { ...rest, lastBeatAt: now };
}

/** The tokens that wait for our answer; an action whose token is unknown goes by its name. */
export const openTokens = (record: MaintenanceRecord): readonly string[] => openHooks(record).map(actionKey);

/**
 * The tokens that Release wrote are still all there are. A token that came later waits for an answer that Release does not
 * give.
 */
export const sameTokens = (record: MaintenanceRecord, tokens: readonly string[]): boolean =>
	openTokens(record).every((token) => tokens.includes(token));
