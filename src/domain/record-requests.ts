import { beatPlanOf, withHooks } from "./beat-plan.ts";
import { withoutCancel } from "./cancellation.ts";
import { isAnswered } from "./hook-changes.ts";
import { actionName, type Hook, type MaintenanceRecord } from "./record.ts";
import { keptAllowances, keptRequests } from "./record-limits.ts";
import type { MaintenanceRequest } from "./request.ts";

/** A record for a new generation; `version` 1 is what the store creates it with. `now` in epoch milliseconds. */
export function openRecord(request: MaintenanceRequest, generation: number, now: number): MaintenanceRecord {
	const hooks = request.hook ? [request.hook] : [];
	return {
		instanceId: request.instanceId,
		generation,
		version: 1,
		cluster: request.cluster,
		state: "open",
		openedAt: now,
		requests: [request.requestId],
		reason: request.reason,
		...(request.deadline === undefined ? {} : { deadline: request.deadline }),
		...(request.issuedAt === undefined ? {} : { requestedAt: request.issuedAt }),
		hooks,
		...beatPlanOf({ hooks }),
		lastBeatAt: now,
		orders: 0,
		mayEnd: request.mayEnd,
		...(request.urgent && { urgent: true }),
		vms: [],
		refusals: {},
		trouble: [],
	};
}

/** This very request is in the record already, or Sweep took its action in before it came, and we completed it. */
export const isMerged = ({ requests, hooks }: MaintenanceRecord, { requestId, hook }: MaintenanceRequest): boolean =>
	requests.includes(requestId) ||
	(hook !== undefined &&
		hooks.some(
			(known) => known.token === undefined && known.completedAt !== undefined && actionName(known) === actionName(hook),
		));

/**
 * An open record with one more request in it: tokens add up, the earliest deadline wins, what may end only grows, urgent stays
 * urgent, and Hold notices by `orders`. A request that is newer than a cancel takes the drain up again. A request that is
 * merged already changes nothing.
 */
export function mergeRequest(record: MaintenanceRecord, request: MaintenanceRequest): MaintenanceRecord {
	if (isMerged(record, request)) return record;
	const hooks = addHook(record.hooks, request);
	const mayEnd = keptAllowances([...new Set([...record.mayEnd, ...request.mayEnd])]);
	const merged = {
		...withHooks(isNewerThanCancel(record, request) ? withoutCancel(record) : record, hooks),
		requests: keptRequests([...record.requests, request.requestId]),
		mayEnd,
		...(request.urgent && { urgent: true }),
		...earliest(record.deadline, request.deadline),
		...latest(record.requestedAt, request.issuedAt),
	};
	const allowsMore = mayEnd.some((vm) => !record.mayEnd.includes(vm)) || merged.urgent !== record.urgent;
	const isNews = request.source === "order" || hooks !== record.hooks || allowsMore;
	return isNews ? { ...merged, orders: record.orders + 1 } : merged;
}

/**
 * The same action comes as an event and as a notification, with different ids and the same token. What Sweep has taken in
 * without one gets it, and its limit, from the event that comes late.
 */
function addHook(hooks: readonly Hook[], { hook }: MaintenanceRequest): readonly Hook[] {
	if (hook === undefined) return hooks;
	const waits = (known: Hook) => !isAnswered(known) && actionName(known) === actionName(hook);
	if (hooks.some((known) => (hook.token === undefined ? waits(known) : known.token === hook.token))) return hooks;
	const tokenless = hooks.findIndex((known) => known.token === undefined && waits(known));
	return tokenless < 0 ? [...hooks, hook] : hooks.with(tokenless, hook);
}

const isNewerThanCancel = ({ cancelledUntil }: MaintenanceRecord, { issuedAt }: MaintenanceRequest): boolean =>
	cancelledUntil !== undefined && issuedAt !== undefined && issuedAt > cancelledUntil;

function latest(known: number | undefined, asked: number | undefined): { requestedAt?: number } {
	const instants = [known, asked].filter((instant) => instant !== undefined);
	return instants.length === 0 ? {} : { requestedAt: Math.max(...instants) };
}

function earliest(known: number | undefined, asked: number | undefined): { deadline?: number } {
	const deadlines = [known, asked].filter((deadline) => deadline !== undefined);
	return deadlines.length === 0 ? {} : { deadline: Math.min(...deadlines) };
}
