import { type AuditEvent, type ObserverAuditLog, userOf } from "./observer-audit-log.ts";
import type { Launcher } from "./observer-cluster.ts";
import { controllerOf, disruptionOf, type SeenPod, type SeenVmi } from "./observer-objects.ts";

/** Why a guest ended, and the user whose request caused it, if one did. */
export type Cause = { readonly cause: "eviction" | "taint" | "delete" | "user" | "crash"; readonly by?: string };

/** Programs of the cluster: what they delete they delete because of what somebody else asked. */
const isProgram = (user: string): boolean =>
	/^system:(?:serviceaccount:(?:kube-system|kubevirt):|node:|kube-|apiserver$)/.test(user);

const ends = ["delete", "deletecollection"];
const changes = ["update", "patch", "put", "create", ...ends];

const isEviction = ({ verb, objectRef }: AuditEvent): boolean => verb === "create" && objectRef?.subresource === "eviction";
const isDeletion = ({ verb, objectRef }: AuditEvent): boolean => ends.includes(verb) && objectRef?.subresource === undefined;

/**
 * Lays the end of a guest at somebody's door: its launcher as last seen, and its VMI. A log of metadata does not tell a dry
 * run, so that of several requests the one counts which was under way when the pod's deletion began.
 */
export function causeOf(log: ObserverAuditLog, vmi: SeenVmi, launcher: Launcher | undefined): Cause {
	const pod = launcher?.pod;
	const disruption = pod === undefined ? undefined : disruptionOf(pod);
	const onPod = pod === undefined ? [] : writesOn(log, "pods", pod);
	if (disruption === "EvictionByEvictionAPI") return { cause: "eviction", ...by(causing(onPod.filter(isEviction), launcher)) };
	if (disruption === "DeletionByTaintManager") return { cause: "taint" };
	const deleted = causing(onPod.filter(isDeletion), launcher);
	if (deleted !== undefined && !isProgram(userOf(deleted))) return { cause: "delete", ...by(deleted) };
	const asked = onVmi(log, vmi);
	if (asked !== undefined) return { cause: "user", ...by(asked) };
	return deleted === undefined ? { cause: "crash" } : { cause: "delete", ...by(deleted) };
}

/** The last request of somebody who is no program of the cluster, to end the VMI or to change what owns it. */
function onVmi(log: ObserverAuditLog, vmi: SeenVmi): AuditEvent | undefined {
	const { namespace = "" } = vmi.metadata;
	const owner = controllerOf(vmi);
	const ofOwner = owner === undefined ? [] : log.writesOn(`${owner.kind.toLowerCase()}s`, namespace, owner.name);
	const ofVmi = writesOn(log, "virtualmachineinstances", vmi).filter(isDeletion);
	return [...ofOwner.filter(({ verb }) => changes.includes(verb)), ...ofVmi].findLast((event) => !isProgram(userOf(event)));
}

const writesOn = (log: ObserverAuditLog, resource: string, { metadata }: SeenPod | SeenVmi): readonly AuditEvent[] =>
	log.writesOn(resource, metadata.namespace ?? "", metadata.name);

const by = (event: AuditEvent | undefined): { readonly by?: string } => (event === undefined ? {} : { by: userOf(event) });

/** Timestamps of objects are whole seconds. */
const SECOND_MS = 1_000;
const SLACK_MS = 100;

/**
 * Of the requests on a launcher, the one that began its deletion: the last that came in before it was seen, in the second in
 * which the deletion began. The last one of all when none fits.
 */
function causing(requests: readonly AuditEvent[], launcher: Launcher | undefined): AuditEvent | undefined {
	const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = launcher?.pod.metadata ?? {};
	if (deletionTimestamp === undefined) return requests.at(-1);
	const began = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * SECOND_MS;
	const seen = launcher?.deletingAt ?? Number.POSITIVE_INFINITY;
	const underWay = ({ requestReceivedTimestamp, stageTimestamp }: AuditEvent): boolean =>
		Date.parse(requestReceivedTimestamp) < Math.min(seen, began + SECOND_MS + SLACK_MS) &&
		Date.parse(stageTimestamp) >= began - SLACK_MS;
	return requests.findLast(underWay) ?? requests.at(-1);
}
