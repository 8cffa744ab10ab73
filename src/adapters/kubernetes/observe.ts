import type {
	EvictionStrategy,
	KubeVirtFacts,
	Look,
	MigrationFacts,
	NodeFacts,
	PodFacts,
	VmFacts,
	VmiFacts,
} from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import { ClusterRefused } from "../../faults.ts";
import type { ClusterApi } from "./cluster-api.ts";
import type { Listed } from "./list-pages.ts";
import { requireObjectName } from "./object-name.ts";
import { listMigrations, listNodes, listPods, listVmis, listVms, readKubeVirt, readNode, readVm } from "./reads.ts";
import { type Extras, needsDefaultStrategy, ownersOfShutdowns, vmisOn } from "./shutdowns.ts";

/** A look and what a watch needs to go on from it. */
export type Observation = {
	readonly look: Look;
	readonly extras: Extras;
	readonly podsVersion: string;
	/** Undefined when KubeVirt is not installed. */
	readonly vmisVersion?: string;
	readonly migrationsVersion?: string;
};

/** Up to so many VirtualMachines are read one by one; more of them with one list. */
const SINGLE_READS = 4;
const UNBOUND_LAUNCHERS = { fieldSelector: "spec.nodeName=", labelSelector: "kubevirt.io=virt-launcher" };

/**
 * Looks at one node. The requests follow one another in the order in which things happen, so that what moves between two
 * of them is seen by the second: an unbound launcher becomes a bound one, a bound one a VMI on the node. The Node comes
 * after all that names it: a uid is given once, so where it still is the one we know, nothing listed lay on a namesake.
 */
export async function observe(api: ClusterApi, name: string, scope: "survey" | "progress" | "proof"): Promise<Observation> {
	requireObjectName("Node", name);
	const began = api.clock.now();
	if (scope === "survey") return survey(api, name, began);
	const unbound = scope === "proof" ? await listPods(api, UNBOUND_LAUNCHERS) : undefined;
	const listed = await listPods(api, { fieldSelector: `spec.nodeName=${name}` });
	const pods = listed.items.filter((pod) => pod.nodeName === name);
	const machines = await listMachines(api, pods);
	const node = await readNode(api, name);
	const { extras, vms } = await readExtras(api, vmisOn(name, pods, machines.vmis));
	const look: Look = {
		began,
		...(node && { node }),
		pods,
		vmis: machines.vmis,
		migrations: machines.migrations,
		vms,
		defaultStrategy: extras.defaultStrategy ?? "None",
		...(unbound && { unboundLaunchers: unbound.items.filter((pod) => pod.nodeName === undefined) }),
	};
	return { look, extras, podsVersion: listed.resourceVersion, ...machines.versions };
}

async function survey(api: ClusterApi, name: string, began: number): Promise<Observation> {
	const listed = await listPods(api);
	const pods = listed.items.filter((pod) => pod.nodeName === name);
	const machines = await listMachines(api, pods);
	const nodes = await listNodes(api);
	const kubevirt = await readKubeVirt(api);
	const { extras, vms } = await readExtras(api, vmisOn(name, pods, machines.vmis), kubevirt);
	const node = nodes.find((one) => one.name === name);
	const others = new Set(nodes.filter((one) => one.name !== name).map((one) => one.name));
	const look: Look = {
		began,
		...(node && { node }),
		pods,
		vmis: machines.vmis,
		migrations: machines.migrations,
		vms,
		defaultStrategy: extras.defaultStrategy ?? "None",
		surroundings: {
			nodes: nodes.filter((one: NodeFacts) => one.name !== name),
			pods: listed.items.filter((pod) => pod.nodeName !== undefined && others.has(pod.nodeName)),
			...(kubevirt && { kubevirt }),
		},
	};
	return { look, extras, podsVersion: listed.resourceVersion, ...machines.versions };
}

type Machines = {
	readonly vmis: readonly VmiFacts[];
	readonly migrations: readonly MigrationFacts[];
	readonly versions: Pick<Observation, "vmisVersion" | "migrationsVersion">;
};

/** Both kinds are known to the API server or neither is; unknown is not empty while a launcher is there. */
async function listMachines(api: ClusterApi, pods: readonly PodFacts[]): Promise<Machines> {
	const vmis: Listed<VmiFacts> | undefined = await listVmis(api);
	const migrations: Listed<MigrationFacts> | undefined = await listMigrations(api);
	if (vmis && migrations) {
		const versions = { vmisVersion: vmis.resourceVersion, migrationsVersion: migrations.resourceVersion };
		return { vmis: vmis.items, migrations: migrations.items, versions };
	}
	const launcher = pods.find((pod) => pod.role === "launcher");
	if (!vmis && !migrations && !launcher) return { vmis: [], migrations: [], versions: {} };
	const why = launcher ? `launcher ${nameOf(launcher)} is there` : "it knows a part of KubeVirt's";
	throw new ClusterRefused(`cannot list VMIs and migrations in cluster ${api.cluster}: the server answers 404, but ${why}`);
}

async function readExtras(
	api: ClusterApi,
	vmis: readonly VmiFacts[],
	known?: KubeVirtFacts,
): Promise<{ readonly extras: Extras; readonly vms: readonly VmFacts[] }> {
	const defaultStrategy = needsDefaultStrategy(vmis) ? await readDefaultStrategy(api, known) : undefined;
	const owners = ownersOfShutdowns(vmis, defaultStrategy ?? "None");
	const vms = await readVms(api, owners);
	return { extras: { ...(defaultStrategy && { defaultStrategy }), asked: new Set(owners) }, vms };
}

async function readDefaultStrategy(api: ClusterApi, known: KubeVirtFacts | undefined): Promise<EvictionStrategy> {
	const kubevirt = known ?? (await readKubeVirt(api));
	if (kubevirt) return kubevirt.evictionStrategy;
	throw new ClusterRefused(
		`cannot tell the default eviction strategy of cluster ${api.cluster}: VMIs run there, but there is no KubeVirt object`,
	);
}

async function readVms(api: ClusterApi, owners: readonly string[]): Promise<readonly VmFacts[]> {
	if (owners.length > SINGLE_READS) {
		const all = (await listVms(api))?.items ?? [];
		const wanted = new Set(owners);
		return all.filter((vm) => wanted.has(nameOf(vm)));
	}
	const found: VmFacts[] = [];
	for (const owner of owners) {
		const [namespace = "", name = ""] = owner.split("/");
		const vm = await readVm(api, namespace, name);
		if (vm) found.push(vm);
	}
	return found;
}
