import { instanceOf, isSameNode } from "./identity.ts";
import type { NodeFacts } from "./look.ts";
import type { MaintenanceRecord } from "./record.ts";
import type { Trouble } from "./trouble.ts";
import { noNode, notOurNode, twoNodes } from "./trouble-texts.ts";

/**
 * The one Node that is this instance's, of all that were found by name or by provider id. Once a maintenance knows its
 * Node, only that very one will do.
 */
export function chooseNode(
	nodes: readonly NodeFacts[],
	record: Pick<MaintenanceRecord, "instanceId" | "node" | "cluster">,
): { readonly node: NodeFacts } | { readonly trouble: Trouble } {
	const ours = nodes.filter(({ providerId }) => instanceOf(providerId) === record.instanceId);
	const [node, another] = ours;
	if (another) return { trouble: twoNodes(record.instanceId, ours) };
	if (node && (!record.node || isSameNode(node, record.node))) return { node };
	const namesake = node ?? nodes.find(({ name }) => name === record.node?.name);
	return { trouble: namesake && record.node ? notOurNode(namesake, record.node) : noNode(record) };
}
