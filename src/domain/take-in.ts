import { isEnded } from "./generations.ts";
import { isAnswered } from "./hook-changes.ts";
import { actionName, type Hook, type MaintenanceRecord } from "./record.ts";

/**
 * Whether an instance waits for this hook without our knowing. What the instance's latest record has answered, or still
 * keeps alive, is known: the instance may be waiting for a hook of another's.
 */
export function isUnheard(latest: MaintenanceRecord | undefined, action: Pick<Hook, "group" | "hook">): boolean {
	if (!latest) return true;
	const known = latest.hooks.filter((hook) => actionName(hook) === actionName(action));
	return !known.some((hook) => isAnswered(hook) || !isEnded(latest));
}
