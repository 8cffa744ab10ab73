import { readExecutionStatus } from "./execution-status.ts";
import type { Fields } from "./fields.ts";
import { readLifecycleEvent } from "./lifecycle-event.ts";
import { malformed, type Reading, unsupported } from "./reading.ts";
import { quote } from "./wording.ts";

/**
 * What EventBridge calls an event's type. AWS's sample of the capacity reservation warning spells it with an underscore:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-odcr-eventbridge.html
 */
const detailTypeOf = (fields: Fields) => fields["detail-type"] ?? fields.detail_type;

/** Whether EventBridge carried this. */
export const isEventBridgeEvent = (fields: Fields): boolean => detailTypeOf(fields) !== undefined;

const ORDER = "send a drain order for the instance to the orders queue";

/** Sources whose events are known but not handled, and the way out. */
const unhandled: Readonly<Record<string, string>> = {
	"aws.health": `this version does not act on AWS Health: ${ORDER}`,
	"aws.ec2": `this version does not act on EC2's own events (Spot, rebalance, capacity, state changes): ${ORDER} if it is to leave`,
	"aws.events": `a rule on a schedule says nothing about what to drain: ${ORDER}`,
};

/** Reads an event in EventBridge's envelope: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export function readEventBridgeEvent(event: Fields): Reading {
	const detailType = detailTypeOf(event);
	const source = event.source;
	if (typeof detailType !== "string") return malformed(`detail-type is ${quote(detailType)}, not text`);
	if (source === undefined) return malformed("source is missing: an event of EventBridge names the service that sent it");
	if (typeof source !== "string") return malformed(`source is ${quote(source)}, not text`);
	if (source === "aws.autoscaling") return readLifecycleEvent(event, detailType);
	if (source === "aws.states") return readExecutionStatus(event, detailType);
	const wayOut = Object.hasOwn(unhandled, source) ? unhandled[source] : "this version does not act on it";
	return unsupported(`${quote(detailType)} from ${quote(source)}: ${wayOut}`);
}
