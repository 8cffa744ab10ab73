import { functionNames } from "../../infra/function-names.ts";
import type { Figures } from "./demo-event.ts";
import { type DemoGround, userOf } from "./demo-ground.ts";

/** `took`: milliseconds from the beginning to the end, by the demo's clock and by the reader's. */
export function figuresOf({ cluster, aws }: DemoGround, took: { readonly there: number; readonly here: number }): Figures {
	const ours = new Set(functionNames.map(userOf));
	const requests = cluster.audit.filter(({ user }) => ours.has(user));
	return {
		seconds: Math.round(took.there / 1000),
		secondsHere: Math.round(took.here / 1000),
		heartbeats: aws.log.filter(({ kind }) => kind === "heartbeat").length,
		apiRequests: requests.length,
		evictions: requests.filter(({ verb, path }) => verb === "create" && path.endsWith("/eviction")).length,
	};
}
