import type { Monitor } from "./laws.ts";
import type { Observer } from "./observer.ts";

/** Lets the monitor hear of every request in the audit log from now on; the answer ends it. */
export const judgeRequests = (observer: Observer, monitor: Monitor): (() => void) =>
	observer.requests(({ user, verb, path }) => monitor.request(user, verb, path));

/**
 * Judges an instance that was taken at this moment: call it when it happens, without delay. The look begins with the call, so
 * that what the cluster says afterwards does not excuse what was alive; if the cluster cannot be seen that is a violation.
 */
export async function judgeTaking(
	{ observer, monitor, patienceMs }: { readonly observer: Observer; readonly monitor: Monitor; readonly patienceMs?: number },
	instanceId: string,
	why: string,
): Promise<void> {
	try {
		await observer.look(patienceMs);
	} catch (error) {
		monitor.unseen(instanceId, why, error instanceof Error ? error.message : String(error));
		return;
	}
	monitor.taken(instanceId, why);
}
