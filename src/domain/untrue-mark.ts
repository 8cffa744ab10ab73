import type { NodeIdentity } from "./identity.ts";
import type { Look, NodeFacts } from "./look.ts";
import { whatIsLeft } from "./proof.ts";
import type { MaintenanceRecord } from "./record.ts";

/** A look at what is on a Node of this name, whether it is there or not. */
export type LookAt = { readonly node: NodeIdentity; readonly look: Look };

/**
 * What Sweep can see of a mark: the instance's latest record and, where that has let go, the instance's Nodes as they are now
 * and, when they are cordoned or gone, looks at what is there.
 */
export type MarkSeen = {
	readonly latest: MaintenanceRecord | undefined;
	readonly nodes?: readonly NodeFacts[];
	readonly looks?: readonly LookAt[];
};

/**
 * Why the mark on an instance is not true any more; undefined while it is, and where nobody here can say: a mark without a
 * record is another deployment's, and a Release under way sees to its own.
 */
export function whyUntrue({ latest, nodes = [], looks = [] }: MarkSeen): string | undefined {
	switch (latest?.state) {
		case undefined:
		case "releasing":
		case "handed over":
		case "gone":
			return undefined;
		case "released":
			return whyOpen(nodes) ?? looks.map(whyUsed).find((why) => why !== undefined);
		default:
			return `its maintenance is ${latest?.state}`;
	}
}

function whyOpen(nodes: readonly NodeFacts[]): string | undefined {
	const open = nodes.find(({ unschedulable }) => !unschedulable);
	return open && `Node ${open.name} takes pods again`;
}

/**
 * A cordon that lasts keeps nothing away that tolerates it, and no VM whose user migrates it there. That the Node is gone says
 * nothing against the mark: what names it does.
 */
function whyUsed({ node, look }: LookAt): string | undefined {
	const found = whatIsLeft(look, { node }).find(({ rule }) => rule !== "S1");
	return found && `${found.about}: ${found.says}`;
}
