import type { Telling } from "../demo-event.ts";
import { count, duration, shortNode } from "./layout.ts";

type Of<Kind extends Telling["kind"]> = Telling & { readonly kind: Kind };

/** What is going to happen, and how fast. */
export function beginning(event: Of<"begin">): readonly string[] {
	const { instanceId, node, group, hook, hookSeconds, nodes, cluster, speed, mayEnd, scenario, says } = event;
	const zones = new Set(nodes.map(({ zone }) => zone)).size;
	const policy =
		mayEnd.length === 0
			? "The operator's written policy lets no VM end."
			: `The operator's written policy lets these VMs end: ${mayEnd.join(", ")}.`;
	return [
		`Scenario ${scenario}: ${says}.`,
		`Auto Scaling group ${group} terminates ${instanceId}, which is node ${shortNode(node)} of the EKS cluster ` +
			`${cluster} (${count(nodes.length, "node")} in ${count(zones, "zone")}). Its lifecycle hook ${hook} lets AWS wait ` +
			`${hookSeconds} s for each heartbeat; when one is missed, AWS takes the instance with everything on it.`,
		policy,
		"The queue, the functions, the state machine and the records run in this process as they do on AWS; the cluster " +
			`and its KubeVirt are simulated. The clock runs fast: 1 s here = ${speed} s there, and real time while a function works.`,
	];
}

/** What an answer of the eviction API means. */
export function evictionText({ pod, vm, answer, says }: Of<"eviction">): string {
	const whom = vm ?? `pod ${pod}`;
	switch (answer) {
		case "guarded":
			return `${whom}: KubeVirt refuses the eviction (429), so it will migrate`;
		case "accepted":
			return vm ? `${whom}: eviction accepted, its guest is asked to shut down` : `${whom}: eviction accepted`;
		case "budget":
			return `${whom}: eviction refused (429): ${says}; asked again after a pause`;
		default:
			return `${whom}: ${answer}${says === "" ? "" : `: ${says}`}`;
	}
}

/** Told once, with the first refusal. */
export const refusalExplained =
	"This refusal is the success: KubeVirt's webhook keeps the VM running and marks it, and KubeVirt then migrates it. " +
	"Had it been accepted, the VM would be shut down.";

/** The end of a run in a few sentences; the last one is the verdict. */
export function resultTexts(event: Of<"result">): readonly string[] {
	const { outcome, instanceId, because, figures } = event;
	const { seconds, secondsHere, heartbeats, apiRequests, evictions } = figures;
	const summary =
		`${duration(secondsHere)} here, ${duration(seconds)} there: ${count(heartbeats, "heartbeat")}, ` +
		`${count(apiRequests, "request")} to the API server, ${evictions} of them for evictions.`;
	switch (outcome) {
		case "released":
			return [summary, `${instanceId} safe to terminate`];
		case "held":
			return [
				summary,
				...because.map((reason) => `Why, and the way out: ${reason}`),
				"Hold goes on sending heartbeats, and looks again every hour and whenever an order comes in.",
				`Hold: ${instanceId} is NOT safe to terminate`,
			];
		default:
			return [...because, `${outcome}: ${instanceId} is NOT safe to terminate`];
	}
}
