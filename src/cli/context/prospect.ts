import { MAINTENANCE_ANNOTATION } from "../../domain/cordon.ts";
import type { NodeIdentity } from "../../domain/identity.ts";
import { instanceOf } from "../../domain/identity.ts";
import type { Look, NodeFacts } from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import { followStories } from "../../domain/outcomes.ts";
import { strictPolicy } from "../../domain/policy.ts";
import { isMarked, vmisOnNode } from "../../domain/presence.ts";
import type { MaintenanceRecord } from "../../domain/record.ts";
import { openRecord } from "../../domain/record-requests.ts";
import { troublesOf } from "../../domain/trouble-of.ts";
import type { Telling } from "../demo-event.ts";
import { fatesOf } from "../fates-of.ts";

/** What a node is before anything of it is touched, and what would become of everything on it. */
export type Prospect = {
	readonly node: NodeFacts;
	readonly instanceId: string;
	/** How the node is cordoned already: by a run of ours, or by somebody else. */
	readonly cordoned: "by us" | "by others" | "no";
	readonly tellings: readonly Telling[];
};

/** `look`: a survey that shows the Node. `mayEnd`: VMs as `namespace/name`. `now` in epoch milliseconds. */
export function prospectOf(look: Look, node: NodeFacts, cluster: string, mayEnd: readonly string[], now: number): Prospect {
	const instanceId = instanceOf(node.providerId) ?? "";
	const record = recordOf(look, node, { instanceId, cluster, mayEnd, now });
	const troubles = troublesOf(look, record, strictPolicy, now);
	const maintenance = node.annotations[MAINTENANCE_ANNOTATION];
	const cordoned = node.unschedulable ? (maintenance === undefined ? "by others" : "by us") : "no";
	return {
		node,
		instanceId,
		cordoned,
		tellings: [
			...(cordoned === "by us" ? [earlierRun(look, node, maintenance ?? "")] : []),
			...(cordoned === "by others"
				? [{ kind: "note", says: `Node ${node.name} is cordoned already, not by Evacuator.` } as const]
				: []),
			fatesOf(look, record, strictPolicy, now),
			...troubles.map(({ kind, about, says }): Telling => {
				const way = kind === "vm-would-end" ? ` Here: --may-end ${about}` : "";
				return { kind: "trouble", trouble: kind, about, says: `${says}${way}` };
			}),
		],
	};
}

function earlierRun(look: Look, { name }: NodeFacts, maintenance: string): Telling {
	const marked = vmisOnNode(look, name).filter((vmi) => isMarked(vmi, name));
	return { kind: "earlier run", maintenance, marked: marked.map(nameOf) };
}

type Request = {
	readonly instanceId: string;
	readonly cluster: string;
	readonly mayEnd: readonly string[];
	readonly now: number;
};

/** The record that this maintenance would begin with. */
function recordOf(look: Look, node: NodeIdentity, { instanceId, cluster, mayEnd, now }: Request): MaintenanceRecord {
	const request = { requestId: "prospect", source: "order", instanceId, cluster, reason: "prospect", mayEnd } as const;
	const { name, uid, providerId } = node;
	const record = { ...openRecord(request, 1, now), node: { name, uid, providerId } };
	return { ...record, vms: followStories(record, look, now) };
}
