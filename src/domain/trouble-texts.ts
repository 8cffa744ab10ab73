import type { NodeIdentity } from "./identity.ts";
import { type NamespacedName, nameOf } from "./namespaced-name.ts";
import type { LeavingCount, MaintenanceRecord } from "./record.ts";
import type { Trouble } from "./trouble.ts";

/** A text names so many VMs and pods, and counts the rest. */
const NAMES = 8;

export const listed = (names: readonly string[]): string =>
	names.length <= NAMES ? names.join(", ") : `${names.slice(0, NAMES).join(", ")} and ${names.length - NAMES} more`;

/** No Node carries the instance's provider id: what runs on it cannot be seen, so nothing is let go. */
export const noNode = ({ instanceId, node, cluster }: Pick<MaintenanceRecord, "instanceId" | "node" | "cluster">): Trouble => ({
	kind: "no-node",
	about: node?.name ?? instanceId,
	says: node
		? `Node ${node.name} of ${instanceId} is not in cluster ${cluster} any more; check that its VMs run elsewhere and complete the hook by hand.`
		: `No Node of cluster ${cluster} has the provider id of ${instanceId}; check whether it ever joined, and complete the hook by hand.`,
});

export const twoNodes = (instanceId: string, nodes: readonly NodeIdentity[]): Trouble => ({
	kind: "two-nodes",
	about: instanceId,
	says: `The Nodes ${nodes.map(({ name }) => name).join(", ")} all have the provider id of ${instanceId}; delete those that do not exist as machines.`,
});

export const notOurNode = (found: NodeIdentity, ours: NodeIdentity): Trouble => ({
	kind: "not-our-node",
	about: ours.name,
	says: `Node ${found.name} is another one now (uid ${found.uid} instead of ${ours.uid}, provider id ${found.providerId}); check that the VMs of the old one run elsewhere and complete its hook by hand.`,
});

/** KubeVirt's webhook let a dry-run eviction pass that it has to refuse: a real one would shut the VM down. */
export const guardMissing = (vm: NamespacedName): Trouble => ({
	kind: "guard-missing",
	about: nameOf(vm),
	says: `KubeVirt did not refuse a trial eviction of ${nameOf(vm)}, so a real one would shut it down; restore the ValidatingWebhookConfiguration virt-api-validator (virt-operator does).`,
});

export const guardUnreachable = (about: string, says: string): Trouble => ({
	kind: "guard-unreachable",
	about,
	says: `The API server cannot ask KubeVirt about ${about} (${says}); bring virt-api back.`,
});

export const instanceGone = (record: Pick<MaintenanceRecord, "instanceId" | "vms" | "surveyedAt">): Trouble => ({
	kind: "instance-gone",
	about: record.instanceId,
	says: `Instance ${record.instanceId} ended before Evacuator released it. ${lastKnown(record)}`,
});

/** `vms`: the stories as they were last known; that there are none says something only where somebody could look. */
function lastKnown({ vms, surveyedAt }: Pick<MaintenanceRecord, "vms" | "surveyedAt">): string {
	const left = vms.filter(({ outcome }) => outcome === undefined).map(nameOf);
	if (left.length > 0) return `VMs last seen on it: ${listed(left)}; see what became of them.`;
	return surveyedAt === undefined
		? "Nobody could look at what ran on it; see which VMs did, and what became of them."
		: "No VM was known to be left on it.";
}

/** `share`: of a cluster's VM nodes, how much may leave at once. */
export const tooManyLeave = (cluster: string, { leaving, count }: LeavingCount, share: number): Trouble => ({
	kind: "too-many-leave",
	about: cluster,
	says: `${leaving} of the ${count} nodes of cluster ${cluster} that host VMs are leaving, more than ${Math.round(share * 100)} %, so new drains pause and their hooks are kept alive; add nodes, or order the drain of each that has to go all the same with "urgent": true.`,
});
