import type { Fate } from "./fate.ts";
import type { Look, RunStrategy, VmiFacts } from "./look.ts";

/**
 * What becomes of a VM once its guest has been shut down on this node; first opinion wins.
 * https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/watch/vm/vm.go
 */
export function fateOfShutdown(vmi: VmiFacts, look: Look): Fate {
	for (const opinion of ownerOpinions) {
		const fate = opinion(vmi, look);
		if (fate) return fate;
	}
	const { kind, name } = vmi.owner ?? { kind: "VirtualMachineInstance", name: vmi.name };
	return { kind: "is lost", why: `its owner is ${kind} ${name}, of which Evacuator does not know that it starts VMs again` };
}

type OwnerOpinion = (vmi: VmiFacts, look: Look) => Fate | undefined;

const isKubeVirts = (vmi: VmiFacts, kind: string): boolean =>
	vmi.owner?.kind === kind && vmi.owner.apiVersion.startsWith("kubevirt.io/");

const afterRunStrategy: Readonly<Record<RunStrategy, Fate>> = {
	Always: { kind: "restarts elsewhere", why: "its VirtualMachine has run strategy Always" },
	RerunOnFailure: { kind: "stops", why: "its VirtualMachine has run strategy RerunOnFailure, which a clean shutdown ends" },
	Manual: { kind: "stops", why: "its VirtualMachine has run strategy Manual" },
	Once: { kind: "stops", why: "its VirtualMachine has run strategy Once" },
	Halted: { kind: "blocks", until: "soon", why: "its VirtualMachine is halted and is shutting it down already" },
	WaitAsReceiver: { kind: "stops", why: "its VirtualMachine has run strategy WaitAsReceiver" },
};

const virtualMachine: OwnerOpinion = (vmi, look) => {
	if (!isKubeVirts(vmi, "VirtualMachine")) return undefined;
	const vm = look.vms.find(({ uid }) => uid === vmi.owner?.uid);
	return vm ? afterRunStrategy[vm.runStrategy] : { kind: "is lost", why: "its VirtualMachine is not there any more" };
};

/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-controller/watch/replicaset/replicaset.go */
const replicaSet: OwnerOpinion = (vmi) =>
	isKubeVirts(vmi, "VirtualMachineInstanceReplicaSet")
		? { kind: "is replaced", why: `VirtualMachineInstanceReplicaSet ${vmi.owner?.name ?? ""} starts another one` }
		: undefined;

const bare: OwnerOpinion = (vmi) =>
	vmi.owner === undefined ? { kind: "is lost", why: "nothing owns it, so nothing starts it again" } : undefined;

const ownerOpinions: readonly OwnerOpinion[] = [
	virtualMachine, //
	replicaSet,
	bare,
];
