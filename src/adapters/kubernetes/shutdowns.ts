import type { EvictionStrategy, PodFacts, VmiFacts } from "../../domain/look.ts";

/** What a look has read beyond its lists because a VMI on the node made it necessary. */
export type Extras = {
	/** Undefined until a VMI needs it. */
	readonly defaultStrategy?: EvictionStrategy;
	/** `namespace/name` of the VirtualMachines that were asked for, found or not. */
	readonly asked: ReadonlySet<string>;
};

/** Live VMIs that run on the node, are said to, or have a launcher there. */
export function vmisOn(node: string, pods: readonly PodFacts[], vmis: readonly VmiFacts[]): readonly VmiFacts[] {
	const carried = new Set(pods.map((pod) => pod.vmiUid));
	return vmis.filter((vmi) => {
		if (vmi.phase === "Succeeded" || vmi.phase === "Failed") return false;
		return vmi.nodeName === node || vmi.nodeLabel === node || carried.has(vmi.uid);
	});
}

export function needsDefaultStrategy(vmis: readonly VmiFacts[]): boolean {
	return vmis.some((vmi) => vmi.evictionStrategy === undefined);
}

/** `namespace/name` of the VirtualMachines of those VMIs that an eviction would shut down, in the VMIs' order. */
export function ownersOfShutdowns(vmis: readonly VmiFacts[], defaultStrategy: EvictionStrategy): readonly string[] {
	const owners = vmis
		.filter((vmi) => vmi.owner?.kind === "VirtualMachine" && shutsDown(vmi, defaultStrategy))
		.map((vmi) => `${vmi.namespace}/${vmi.owner?.name}`);
	return [...new Set(owners)];
}

/** https://github.com/kubevirt/kubevirt/blob/v1.9.0/pkg/virt-api/webhooks/validating-webhook/admitters/pod-eviction-admitter.go */
function shutsDown(vmi: VmiFacts, defaultStrategy: EvictionStrategy): boolean {
	const strategy = vmi.evictionStrategy ?? defaultStrategy;
	return strategy === "None" || (strategy === "LiveMigrateIfPossible" && vmi.migratable !== "yes");
}
