import { estimateOf } from "../domain/estimate.ts";
import { strategyOf } from "../domain/fates.ts";
import type { Look, PodFacts, VmiFacts } from "../domain/look.ts";
import { fateOfPod, type PodFateKind } from "../domain/pod-fates.ts";
import { mayEnd, type Policy } from "../domain/policy.ts";
import type { MaintenanceRecord, VmStory } from "../domain/record.ts";
import type { PodGroup, Telling, VmRow } from "./demo-event.ts";

/** What Assess has written of every VM on the node, with what its survey showed of them and of the pods. */
export function fatesOf(
	look: Look,
	record: MaintenanceRecord,
	policy: Policy,
	now: number,
): Telling & { readonly kind: "fates" } {
	const { seconds, migrations, atATime, shutdowns } = estimateOf({ look, record, policy, now });
	return {
		kind: "fates",
		vms: record.vms.map((story) => rowOf(story, look, (vm) => mayEnd(policy, record.mayEnd, vm))),
		pods: groupsOf(look),
		estimate: { seconds, migrations, atATime, shutdowns },
	};
}

function rowOf(story: VmStory, look: Look, isAllowedToEnd: (vm: VmStory) => boolean): VmRow {
	const vmi = look.vmis.find(({ uid }) => uid === story.uid);
	const { kind, why } = story.fate;
	return {
		vm: `${story.namespace}/${story.name}`,
		strategy: vmi ? strategyOf(vmi, look) : "unknown",
		owner: vmi ? ownerOf(vmi, look) : "unknown",
		fate: kind,
		why,
		allowed: (kind === "stops" || kind === "is lost") && isAllowedToEnd(story),
	};
}

function ownerOf({ owner }: VmiFacts, { vms }: Look): string {
	switch (owner?.kind) {
		case undefined:
			return "nothing";
		case "VirtualMachine":
			return `VM ${vms.find(({ uid }) => uid === owner.uid)?.runStrategy ?? ""}`.trimEnd();
		case "VirtualMachineInstanceReplicaSet":
			return "replica set";
		default:
			return `${owner.kind} ${owner.name}`;
	}
}

function groupsOf(look: Look): readonly PodGroup[] {
	const groups = new Map<PodFateKind, PodGroup["pods"]>();
	for (const pod of look.pods.filter(({ role }) => role !== "launcher")) {
		const { kind } = fateOfPod(pod, look);
		const entry = { pod: `${pod.namespace}/${pod.name}`, of: `${pod.namespace}/${workloadOf(pod)}` };
		groups.set(kind, [...(groups.get(kind) ?? []), entry]);
	}
	return [...groups].map(([fate, pods]) => ({ fate, pods }));
}

/** A ReplicaSet is called after its Deployment, with a hash at the end. */
function workloadOf({ owner, name }: PodFacts): string {
	if (owner?.kind === "ReplicaSet") return owner.name.replace(/-[^-]+$/, "");
	return owner?.kind === "DaemonSet" || owner?.kind === "StatefulSet" ? owner.name : name;
}
