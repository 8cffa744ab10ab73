import type { Fate } from "./fate.ts";
import { fateOfVmi } from "./fates.ts";
import type { Look, VmiFacts } from "./look.ts";
import { mayEnd, type Policy } from "./policy.ts";
import { vmisOnNode } from "./presence.ts";
import type { MaintenanceRecord } from "./record.ts";

/** All that a decision rests on: one look at the node, what we remember, what is allowed, and epoch milliseconds. */
export type Circumstances = {
	readonly look: Look;
	readonly record: MaintenanceRecord;
	readonly policy: Policy;
	readonly now: number;
};

/** The name of the node under maintenance; empty, which no node is called, while none is known. */
export const nodeOf = ({ record, look }: Circumstances): string => record.node?.name ?? look.node?.name ?? "";

/** A VM's fate as this look shows it. Only a survey sees whether there is room, so the last survey's word on that stands. */
export function presentFate(vmi: VmiFacts, circumstances: Circumstances): Fate {
	const { look, record } = circumstances;
	const fate = fateOfVmi(vmi, { look, node: nodeOf(circumstances) });
	if (look.surroundings !== undefined || !needsRoom(fate)) return fate;
	const remembered = record.vms.find(({ uid }) => uid === vmi.uid)?.fate;
	return remembered?.until === "room" && !isUnderWay(vmi) ? remembered : fate;
}

const needsRoom = ({ kind, by }: Fate): boolean => kind === "restarts elsewhere" || kind === "is replaced" || by === "kubevirt";

const isUnderWay = ({ migration, deleting, evacuationNodeName }: VmiFacts): boolean =>
	deleting || evacuationNodeName !== undefined || (migration !== undefined && !migration.ended && !migration.failed);

/** An eviction would end this VM for good, and neither the written policy nor a request lets it. */
export function wouldEndUnallowed(vmi: VmiFacts, fate: Fate, { policy, record }: Circumstances): boolean {
	return (fate.kind === "stops" || fate.kind === "is lost") && !vmi.deleting && !mayEnd(policy, record.mayEnd, vmi);
}

/** Every VMI that has to do with the node, with its fate now. */
export function fatesOnNode(circumstances: Circumstances): readonly { readonly vmi: VmiFacts; readonly fate: Fate }[] {
	return vmisOnNode(circumstances.look, nodeOf(circumstances)).map((vmi) => ({ vmi, fate: presentFate(vmi, circumstances) }));
}
