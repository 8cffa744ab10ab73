import { MAINTENANCE_ANNOTATION } from "./cordon.ts";
import { instanceOf } from "./identity.ts";
import type { Look, NodeFacts } from "./look.ts";
import { leavingShare, type Policy } from "./policy.ts";
import { isFinalVmi } from "./presence.ts";
import type { LeavingCount, MaintenanceRecord, VmNodes } from "./record.ts";
import { type ClusterSlots, hostsVms } from "./slots.ts";
import { isTimeShort } from "./standstill.ts";

/** Of so few VM nodes one is more than any share; they are drained one at a time instead. */
const FEW = 3;

/** What a survey shows of the cluster's VM nodes; undefined for any other look. */
export function vmNodesOf({ node, surroundings, vmis }: Look): VmNodes | undefined {
	if (!node || !surroundings) return undefined;
	const carrying = new Set(vmis.filter((vmi) => !isFinalVmi(vmi)).map(({ nodeName }) => nodeName));
	const isVmNode = ({ name, labels }: NodeFacts) => labels["kubevirt.io/schedulable"] === "true" || carrying.has(name);
	const others = surroundings.nodes.filter(isVmNode);
	const leaving = others
		.filter(({ unschedulable, annotations }) => unschedulable && annotations[MAINTENANCE_ANNOTATION] !== undefined)
		.flatMap(({ providerId }) => instanceOf(providerId) ?? []);
	const hasOurs = isVmNode(node);
	return { count: others.length + (hasOurs ? 1 : 0), leaving, hasOurs };
}

export type Circuit = {
	readonly slots: ClusterSlots;
	readonly record: MaintenanceRecord;
	readonly policy: Policy;
	readonly now: number;
};

/**
 * Whether the drain of a VM node may begin, or so many are leaving its cluster that a human has to see it first. Those that
 * drain go on.
 *
 * Who comes with a notice that leaves no time, or close to the limit of its hook, may begin: AWS takes that instance
 * anyway, and a VM that is not moved before dies with it. So may whoever was ordered as urgent: that is the human.
 */
export function circuitOf({ slots, record, policy, now }: Circuit): "closed" | "one at a time" | LeavingCount {
	const { vmNodes } = record;
	if (!vmNodes || isExempt(record, now)) return "closed";
	const { count } = vmNodes;
	const leaving = leavingIn(slots, record, vmNodes).size;
	if (leaving <= leavingShare(policy) * count) return "closed";
	if (count > FEW) return { leaving, count };
	return Object.values(slots.leases).some(({ vmNode }) => vmNode) ? "one at a time" : "closed";
}

/** Its drain begins however many leave; what it finds says nothing of the others. */
export const isExempt = (record: MaintenanceRecord, now: number): boolean =>
	!hostsVms(record) || record.urgent === true || isTimeShort(record, now);

function leavingIn({ leases, waiting }: ClusterSlots, record: MaintenanceRecord, { leaving }: VmNodes): ReadonlySet<string> {
	const entries = [...Object.entries(leases), ...Object.entries(waiting)];
	const known = entries.filter(([, { vmNode }]) => vmNode).map(([instanceId]) => instanceId);
	return new Set([...known, ...leaving, record.instanceId]);
}
