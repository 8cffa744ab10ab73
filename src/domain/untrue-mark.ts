import type { NodeFacts } from "./look.ts";
import type { MaintenanceRecord } from "./record.ts";

/** What Sweep can see of a mark: the instance's latest record and, where that has let go, the Node as it is now. */
export type MarkSeen = { readonly latest: MaintenanceRecord | undefined; readonly node?: NodeFacts | undefined };

/**
 * Why the mark on an instance is not true any more; undefined while it is, and where nobody here can say: a mark without a
 * record is another deployment's, and a Release under way sees to its own.
 */
export function whyUntrue({ latest, node }: MarkSeen): string | undefined {
	switch (latest?.state) {
		case undefined:
		case "releasing":
		case "handed over":
		case "gone":
			return undefined;
		case "released":
			return node?.unschedulable === false ? `Node ${node.name} takes pods again` : undefined;
		default:
			return `its maintenance is ${latest?.state}`;
	}
}
