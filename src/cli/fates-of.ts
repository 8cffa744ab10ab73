import { estimateOf } from "../domain/estimate.ts";
import { strategyOf } from "../domain/fates.ts";
import type { Look, PodFacts, VmiFacts } from "../domain/look.ts";
import { nameOf } from "../domain/namespaced-name.ts";
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
		vm: nameOf(story),
		strategy: vmi ? strategyOf(vmi, look) : "unknown",
		owner: vmi ? ownerOf(vmi) : "unknown",
		fate: kind,
		why: `${obstacle(vmi, look)}${why}`,
		allowed: (kind === "stops" || kind === "is lost") && isAllowedToEnd(story),
	};
}

/** What would start it again, if anything. */
function ownerOf({ owner }: VmiFacts): string {
	if (!owner) return "nothing";
	return ownersShort.get(owner.kind) ?? `${owner.kind} ${owner.name}`;
}

const ownersShort = new Map([
	["VirtualMachine", "VM"],
	["VirtualMachineInstanceReplicaSet", "replica set"],
]);

/** KubeVirt's reason counts only where the strategy leaves a choice; with LiveMigrate it is the fate's own. */
const obstacle = (vmi: VmiFacts | undefined, look: Look): string =>
	vmi?.migratable === "no" && strategyOf(vmi, look) === "LiveMigrateIfPossible" && vmi.notMigratableBecause !== undefined
		? `cannot migrate (${vmi.notMigratableBecause}); `
		: "";

function groupsOf(look: Look): readonly PodGroup[] {
	const groups = new Map<PodFateKind, PodGroup["pods"]>();
	for (const pod of look.pods.filter(({ role }) => role !== "launcher")) {
		const { kind } = fateOfPod(pod, look);
		const entry = { pod: nameOf(pod), of: `${pod.namespace}/${workloadOf(pod)}` };
		groups.set(kind, [...(groups.get(kind) ?? []), entry]);
	}
	return [...groups].map(([fate, pods]) => ({ fate, pods }));
}

/** A ReplicaSet is called after its Deployment, with a hash at the end; a static pod's mirror ends in its node's name. */
function workloadOf({ owner, name, mirror, nodeName }: PodFacts): string {
	if (mirror) return name.replace(`-${nodeName}`, "");
	if (owner?.kind === "ReplicaSet") return owner.name.replace(/-[^-]+$/, "");
	return owner?.kind === "DaemonSet" || owner?.kind === "StatefulSet" ? owner.name : name;
}
