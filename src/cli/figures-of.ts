import { functionNames } from "../../infra/function-names.ts";
import type { Figures } from "./demo-event.ts";
import { type DemoGround, userOf } from "./demo-ground.ts";

/** `began`, `ended`: epoch milliseconds. */
export function figuresOf({ cluster, aws }: DemoGround, began: number, ended: number): Figures {
	const ours = new Set(functionNames.map(userOf));
	const requests = cluster.audit.filter(({ user }) => ours.has(user));
	return {
		seconds: Math.round((ended - began) / 1000),
		heartbeats: aws.log.filter(({ kind }) => kind === "heartbeat").length,
		apiRequests: requests.length,
		evictions: requests.filter(({ verb, path }) => verb === "create" && path.endsWith("/eviction")).length,
	};
}
