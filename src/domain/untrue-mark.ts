import type { Look } from "./look.ts";
import { whatIsLeft } from "./proof.ts";
import type { MaintenanceRecord } from "./record.ts";

/**
 * What Sweep can see of a mark: the instance's latest record and, where that has let go, a look at the instance's Node as it
 * is now; none where the Node is gone.
 */
export type MarkSeen = { readonly latest: MaintenanceRecord | undefined; readonly look?: Look | undefined };

/**
 * Why the mark on an instance is not true any more; undefined while it is, and where nobody here can say: a mark without a
 * record is another deployment's, and a Release under way sees to its own.
 */
export function whyUntrue({ latest, look }: MarkSeen): string | undefined {
	switch (latest?.state) {
		case undefined:
		case "releasing":
		case "handed over":
		case "gone":
			return undefined;
		case "released":
			return look && whyUsed(look);
		default:
			return `its maintenance is ${latest?.state}`;
	}
}

/** A cordon that lasts keeps nothing away that tolerates it, and no VM whose user migrates it there. */
function whyUsed(look: Look): string | undefined {
	const { node } = look;
	if (node === undefined) return undefined;
	if (!node.unschedulable) return `Node ${node.name} takes pods again`;
	const [first] = whatIsLeft(look, { node });
	return first && `${first.about} is on Node ${node.name}: ${first.says}`;
}
