import type { NodeFacts } from "./look.ts";
import type { MaintenanceRecord } from "./record.ts";

/** What Cordon writes on a Node: for which maintenance, and why. */
export const MAINTENANCE_ANNOTATION = "evacuator.io/maintenance";
export const REASON_ANNOTATION = "evacuator.io/reason";

/** The annotations of ours that a Node carries. */
export const ourAnnotations = ({ annotations }: Pick<NodeFacts, "annotations">): readonly string[] =>
	[MAINTENANCE_ANNOTATION, REASON_ANNOTATION].filter((name) => annotations[name] !== undefined);

/** Whether the Node is cordoned, and says that a maintenance of this instance did it. */
export const isCordonedByUs = (
	{ unschedulable, annotations }: NodeFacts,
	{ instanceId, foreignCordon }: Pick<MaintenanceRecord, "instanceId" | "foreignCordon">,
): boolean => unschedulable && !foreignCordon && annotations[MAINTENANCE_ANNOTATION]?.startsWith(`${instanceId}-`) === true;
