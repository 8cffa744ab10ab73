import { setConditions } from "./controllers/conditions.ts";
import type { Ground } from "./controllers/ground.ts";
import { type VmKnobs, workloadKnobs } from "./controllers/knobs.ts";
import type { Guests } from "./kubevirt/guests.ts";
import { effectiveStrategy, enterPhase, kubevirtVersionOf, nodeNameLabel, notPaused } from "./kubevirt/kubevirt-objects.ts";
import { launcherPod } from "./kubevirt/launcher-pod.ts";
import { vmiOfTemplate } from "./kubevirt/vm-controller.ts";
import { vmStatus } from "./kubevirt/vm-status.ts";
import { isProtected } from "./kubevirt/vmi-budgets.ts";
import { vmiFinalizers } from "./kubevirt/vmi-controller.ts";
import { guestRuns, handOverToNode } from "./kubevirt/vmi-running.ts";
import { seedOwnBudget } from "./seed-own-budgets.ts";
import { seedRunningPod } from "./seed-pods.ts";
import type { KubeObject, NewObject } from "./store.ts";
import type { Fields } from "./store-object.ts";

export type VmiSeed = VmKnobs & {
	readonly namespace: string;
	readonly name: string;
	/** The node on which it runs already. Without it, it is started as any other. */
	readonly on?: string;
	/** Absent: the cluster's default counts. */
	readonly evictionStrategy?: "LiveMigrate" | "LiveMigrateIfPossible" | "External" | "None";
	/** Guest memory. Default 1Gi. */
	readonly memory?: string;
	/** Default 1. */
	readonly cores?: number;
	readonly terminationGracePeriodSeconds?: number;
	readonly labels?: Readonly<Record<string, string>>;
	/** More of the VMI's spec: tolerations, nodeSelector, affinity, volumes. */
	readonly spec?: Fields;
};

export type VmSeed = VmiSeed & {
	/** Default Always. */
	readonly runStrategy?: "Always" | "RerunOnFailure" | "Manual" | "Once" | "Halted";
};

export type VmirsSeed = Omit<VmiSeed, "on"> & {
	/** The nodes on which its replicas run already, one for each. */
	readonly on?: readonly string[];
	readonly replicas?: number;
};

function templateOf(seed: Omit<VmiSeed, "on">): Fields {
	const { name, evictionStrategy, memory = "1Gi", cores = 1, terminationGracePeriodSeconds = 30, labels, spec } = seed;
	return {
		metadata: { labels: { app: name, ...labels } },
		spec: {
			...(evictionStrategy === undefined ? {} : { evictionStrategy }),
			terminationGracePeriodSeconds,
			domain: {
				cpu: { cores },
				memory: { guest: memory },
				devices: { disks: [{ name: "root", disk: { bus: "virtio" } }], interfaces: [{ name: "default", masquerade: {} }] },
			},
			networks: [{ name: "default", pod: {} }],
			volumes: [{ name: "root", containerDisk: { image: "quay.io/containerdisks/debian:12" } }],
			...spec,
		},
	};
}

/** The VirtualMachine as its user writes it. */
export function vmOf(seed: VmSeed): NewObject {
	const { namespace, name, runStrategy = "Always" } = seed;
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachine",
		metadata: { namespace, name },
		spec: { runStrategy, template: templateOf(seed) },
	};
}

/** Where VMs are put, and whether KubeVirt gives each protected one a budget. */
type VmSeedbed = { readonly ground: Ground; readonly guests: Guests; readonly ownBudgets: boolean };

/** A VirtualMachine, and on a named node its running instance. */
export function seedVm(seedbed: VmSeedbed, seed: VmSeed): KubeObject {
	const { ground } = seedbed;
	const { namespace, name, on } = seed;
	ground.knobs.turn(namespace, name, vmKnobsOf(seed));
	const { metadata, ...rest } = vmOf(seed);
	const finalizers = ["kubevirt.io/virtualMachineControllerFinalize"];
	const vm = ground.store.create("virtualmachines", { ...rest, metadata: { ...metadata, finalizers } });
	if (on === undefined) return vm;
	const vmi = seedRunningVmi(seedbed, vmiOfTemplate(vm, { name }), on);
	return ground.store.update("virtualmachines", namespace, name, (draft) => vmStatus(draft, vmi, ground.clock.now()));
}

/** A VMI that nothing owns, as its user writes it. */
export function vmiOf(seed: VmiSeed): NewObject {
	const { namespace, name } = seed;
	const { metadata, spec } = templateOf(seed);
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstance",
		metadata: { ...(metadata as Fields), namespace, name },
		spec: spec as Fields,
	};
}

/** A VMI that nothing owns. */
export function seedVmi(seedbed: VmSeedbed, seed: VmiSeed): KubeObject {
	const { ground } = seedbed;
	const { namespace, name, on } = seed;
	ground.knobs.turn(namespace, name, vmKnobsOf(seed));
	const vmi = vmiOf(seed);
	return on === undefined ? ground.store.create("virtualmachineinstances", vmi) : seedRunningVmi(seedbed, vmi, on);
}

/** A VirtualMachineInstanceReplicaSet as its user writes it. */
export function vmirsOf(seed: VmirsSeed): NewObject {
	const { namespace, name, on = [], replicas = Math.max(1, on.length) } = seed;
	return {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceReplicaSet",
		metadata: { namespace, name },
		spec: { replicas, selector: { matchLabels: { app: name } }, template: templateOf(seed) },
	};
}

/** A VirtualMachineInstanceReplicaSet, and its replicas on the named nodes. */
export function seedVmirs(seedbed: VmSeedbed, seed: VmirsSeed): KubeObject {
	const { ground } = seedbed;
	const { namespace, name, on = [] } = seed;
	ground.knobs.turn(namespace, name, vmKnobsOf(seed));
	const set = ground.store.create("virtualmachineinstancereplicasets", vmirsOf(seed));
	for (const node of on) seedRunningVmi(seedbed, vmiOfTemplate(set, { generateName: name }), node);
	return set;
}

function seedRunningVmi({ ground, guests, ownBudgets }: VmSeedbed, seed: NewObject, nodeName: string): KubeObject {
	const { store, clock, knobs } = ground;
	const now = clock.now();
	const created = store.create("virtualmachineinstances", {
		...seed,
		metadata: { ...seed.metadata, finalizers: [...vmiFinalizers] },
		spec: { ...seed.spec, evictionStrategy: effectiveStrategy(store, seed) },
	});
	const { namespace = "", name, uid } = created.metadata;
	const launcher = launcherPod(created, kubevirtVersionOf(store));
	const labels = { ...launcher.metadata.labels, [nodeNameLabel]: nodeName };
	const status = { ...launcher.status, conditions: [{ ...notPaused, lastProbeTime: null, lastTransitionTime: null }] };
	const { pod, sandbox } = seedRunningPod(ground, { ...launcher, metadata: { ...launcher.metadata, labels }, status }, nodeName);
	const vmi = store.update("virtualmachineinstances", namespace, name, (draft) => {
		for (const phase of ["Pending", "Scheduling"]) enterPhase(draft, phase, now);
		handOverToNode(draft, now, nodeName);
		guestRuns(draft, now, knobs.of(draft));
		draft.status = { ...draft.status, activePods: { [pod.metadata.uid]: nodeName }, qosClass: "Burstable" };
		setConditions(draft, now, { type: "Ready", status: "True" });
	});
	if (ownBudgets && isProtected(store, vmi)) seedOwnBudget(ground, vmi);
	guests.start({ vmiUid: uid, namespace, name, machine: sandbox.machine, podUid: pod.metadata.uid, state: "running" });
	return vmi;
}

const vmKnobs = [
	...workloadKnobs,
	"migrationSeconds",
	"ignoresAcpi",
	"migrationFailures",
	"postCopy",
	"sourceLingersSeconds",
	"migrationObjectLagSeconds",
	"notMigratable",
] as const satisfies readonly (keyof VmKnobs)[];

/** The knobs that a seed turns. */
export function vmKnobsOf(seed: VmSeed | VmirsSeed): VmKnobs {
	return Object.fromEntries(vmKnobs.flatMap((knob) => (seed[knob] === undefined ? [] : [[knob, seed[knob]]])));
}
