import type { NodeIdentity } from "./identity.ts";

/** What the scheduler counts, in base units: cores, bytes, pieces. */
export type Resources = Readonly<Record<string, number>>;

export type Taint = { readonly key: string; readonly value?: string; readonly effect: string };
export type Toleration = {
	readonly key?: string;
	readonly operator?: string;
	readonly value?: string;
	readonly effect?: string;
};
/** One requirement of a node selector term, as Kubernetes writes it. */
export type Requirement = { readonly key: string; readonly operator: string; readonly values: readonly string[] };

export type NodeFacts = NodeIdentity & {
	/** False also when the condition is Unknown or missing. */
	readonly ready: boolean;
	readonly unschedulable: boolean;
	/** When the cluster's own clock says the unschedulable taint was added; epoch milliseconds. */
	readonly cordonedSince?: number;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly taints: readonly Taint[];
	readonly allocatable: Resources;
};

export type Owner = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	readonly uid: string;
};

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";

/**
 * What a pod is to a drain. `launcher`: carries a VMI. `hotplug`: a volume of a running VMI, goes with its launcher.
 * `infrastructure`: virt-api, virt-controller and their kin, which the migrations need. `ordinary`: everything else.
 */
export type PodRole = "launcher" | "hotplug" | "infrastructure" | "ordinary";

export type PodFacts = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly role: PodRole;
	readonly phase: PodPhase;
	/** Absent while no node is chosen. */
	readonly nodeName?: string;
	/** Epoch milliseconds, by the cluster's clock. */
	readonly createdAt: number;
	readonly deleting: boolean;
	/** The owner reference with `controller: true`. */
	readonly owner?: Owner;
	readonly mirror: boolean;
	/** Launchers only: the VMI's uid (label kubevirt.io/created-by). */
	readonly vmiUid?: string;
	/** Launchers only: the uid of the migration that this pod is or was the target of. */
	readonly migrationUid?: string;
	/** When the scheduler last said Unschedulable; epoch milliseconds, by the cluster's clock. */
	readonly refusedBySchedulerAt?: number;
	readonly requests: Resources;
	readonly tolerations: readonly Toleration[];
	readonly nodeSelector: Readonly<Record<string, string>>;
	/** requiredDuringScheduling node affinity: terms are alternatives, requirements of a term all hold. */
	readonly affinity: readonly (readonly Requirement[])[];
};

export type EvictionStrategy = "LiveMigrate" | "LiveMigrateIfPossible" | "External" | "None";
export type VmiPhase = "Pending" | "Scheduling" | "Scheduled" | "Running" | "Succeeded" | "Failed" | "WaitingForSync" | "Unknown";

/** VMI.status.migrationState: the current or the last migration, as KubeVirt reports it. */
export type MigrationState = {
	readonly migrationUid: string;
	readonly sourceNode?: string;
	readonly targetNode?: string;
	readonly targetPod?: string;
	readonly started: boolean;
	/** `endTimestamp` is set. */
	readonly ended: boolean;
	readonly completed: boolean;
	readonly failed: boolean;
	readonly failureReason?: string;
	/** PreCopy, PostCopy or Paused. */
	readonly mode?: string;
};

export type VmiFacts = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly phase: VmiPhase;
	readonly deleting: boolean;
	/** status.nodeName. */
	readonly nodeName?: string;
	/** Label kubevirt.io/nodeName. */
	readonly nodeLabel?: string;
	readonly owner?: Owner;
	/** The VMI's own; absent means that the cluster's default counts. */
	readonly evictionStrategy?: EvictionStrategy;
	/** Condition LiveMigratable; `unknown` while it is missing. */
	readonly migratable: "yes" | "no" | "unknown";
	/** Reason and message of LiveMigratable=False. */
	readonly notMigratableBecause?: string;
	/** status.evacuationNodeName: marked for eviction from that node. */
	readonly evacuationNodeName?: string;
	readonly migration?: MigrationState;
	/** Guest memory in bytes, 0 when not stated. */
	readonly memoryBytes: number;
	/** Seconds the guest gets to shut down. */
	readonly terminationGracePeriodSeconds: number;
};

export type MigrationPhase =
	| "Unset"
	| "Pending"
	| "Scheduling"
	| "Scheduled"
	| "PreparingTarget"
	| "TargetReady"
	| "Running"
	| "Succeeded"
	| "Failed"
	| "WaitingForSync"
	| "Synchronizing";

/** One VirtualMachineInstanceMigration. */
export type MigrationFacts = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly vmiName: string;
	readonly phase: MigrationPhase;
	readonly createdAt: number;
	/** It is being deleted, and virt-controller has not ended it yet. */
	readonly deleting?: true;
	/** Annotation kubevirt.io/evacuationMigration: the node that KubeVirt evacuates with it. */
	readonly evacuates?: string;
	/** status.migrationState, where KubeVirt has filled it. */
	readonly sourceNode?: string;
	readonly targetNode?: string;
	readonly failureReason?: string;
};

export type RunStrategy = "Always" | "RerunOnFailure" | "Manual" | "Once" | "Halted" | "WaitAsReceiver";

/** The VirtualMachine that owns a VMI. */
export type VmFacts = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly runStrategy: RunStrategy;
};

/** The KubeVirt object. */
export type KubeVirtFacts = {
	readonly namespace: string;
	readonly version: string;
	readonly evictionStrategy: EvictionStrategy;
	readonly parallelOutboundMigrationsPerNode: number;
	readonly parallelMigrationsPerCluster: number;
};

/** What a survey sees beyond the node itself: everything that could host its VMs. */
export type Surroundings = {
	/** Every Node of the cluster but the one that leaves. */
	readonly nodes: readonly NodeFacts[];
	/** Every pod that is bound to one of them. */
	readonly pods: readonly PodFacts[];
	/** Absent when KubeVirt is not installed. */
	readonly kubevirt?: KubeVirtFacts;
};

/**
 * One observation of the cluster, read from the API server's current state (no resourceVersion).
 * It is whole or it is not made at all: when one of its requests fails, looking throws.
 */
export type Look = {
	/** Epoch milliseconds by our clock, just before the first request of the look was sent. */
	readonly began: number;
	/** The Node under maintenance; absent when there is none. It may be a namesake: check its identity. */
	readonly node?: NodeFacts;
	/** Pods bound to the node (`spec.nodeName`), of every kind and phase. */
	readonly pods: readonly PodFacts[];
	/** Every VMI of the cluster, final ones too. */
	readonly vmis: readonly VmiFacts[];
	/** Every migration of the cluster, final ones too. */
	readonly migrations: readonly MigrationFacts[];
	/** The VirtualMachines that own VMIs on the node which an eviction would shut down. */
	readonly vms: readonly VmFacts[];
	/** The cluster's default eviction strategy, read whenever a VMI on the node leaves its own unset; else None. */
	readonly defaultStrategy: EvictionStrategy;
	/** Launchers that no node has been chosen for. Only in looks of scope `proof`. */
	readonly unboundLaunchers?: readonly PodFacts[];
	/** Only in looks of scope `survey`. */
	readonly surroundings?: Surroundings;
};
