import type { ClusterApi } from "../../adapters/kubernetes/cluster-api.ts";
import { listNodes, listVmis } from "../../adapters/kubernetes/reads.ts";
import type { NodeFacts, VmiFacts } from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import { isFinalVmi } from "../../domain/presence.ts";

/** Every Node with the VMIs that live on it, one line each, to choose from. */
export async function nodesShown(api: ClusterApi): Promise<string> {
	const nodes = await listNodes(api);
	const vmis = (await listVmis(api))?.items.filter((vmi) => !isFinalVmi(vmi)) ?? [];
	const width = Math.max(0, ...nodes.map(({ name }) => name.length));
	return nodes.map((node) => `  ${node.name.padEnd(width)}  ${stateOf(node)}${vmsOf(node, vmis)}\n`).join("");
}

function stateOf({ ready, unschedulable }: NodeFacts): string {
	const words = [...(ready ? [] : ["not ready"]), ...(unschedulable ? ["cordoned"] : [])];
	return words.length === 0 ? "" : `${words.join(", ")}; `;
}

function vmsOf({ name }: NodeFacts, vmis: readonly VmiFacts[]): string {
	const here = vmis.filter(({ nodeName }) => nodeName === name).map(nameOf);
	if (here.length === 0) return "no VMs";
	return `${here.length} ${here.length === 1 ? "VM" : "VMs"}: ${here.join(", ")}`;
}
