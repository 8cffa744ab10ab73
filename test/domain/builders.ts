import type { Circumstances } from "../../src/domain/circumstances.ts";
import type { Look, MigrationFacts, MigrationState, NodeFacts, PodFacts, VmFacts, VmiFacts } from "../../src/domain/look.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { Hook, MaintenanceRecord } from "../../src/domain/record.ts";
import type { MaintenanceRequest } from "../../src/domain/request.ts";

/** Builders of the smallest thing that is whole; a test states only what it is about. */
export const NOW = Date.parse("2026-08-01T12:00:00Z");
export const CORDONED = NOW - 60_000;
export const INSTANCE = "i-0123456789abcdef0";
export const GIB = 1024 ** 3;

export const ours = { name: "node-a", uid: "node-a-uid", providerId: `aws:///eu-west-1a/${INSTANCE}` };

export const aNode = (some: Partial<NodeFacts> = {}): NodeFacts => ({
	...ours,
	ready: true,
	unschedulable: true,
	cordonedSince: CORDONED,
	labels: { "kubevirt.io/schedulable": "true" },
	annotations: {},
	taints: [],
	allocatable: { cpu: 8, memory: 32 * GIB },
	...some,
});

/** Another node that can take VMs. */
export const aHost = (some: Partial<NodeFacts> = {}): NodeFacts => {
	const { cordonedSince, ...node } = aNode({ name: "node-b", uid: "node-b-uid", unschedulable: false });
	return { ...node, providerId: "aws:///eu-west-1b/i-0123456789abcdef1", ...some };
};

export const aPod = (some: Partial<PodFacts> = {}): PodFacts => {
	const name = some.name ?? "web";
	return {
		namespace: "shop",
		name,
		uid: `${name}-uid`,
		role: "ordinary",
		phase: "Running",
		nodeName: ours.name,
		createdAt: NOW - 3_600_000,
		deleting: false,
		mirror: false,
		requests: {},
		tolerations: [],
		nodeSelector: {},
		affinity: [],
		...some,
	};
};

/** The launcher of the VMI of this name. */
export const aLauncher = (vmi: string, some: Partial<PodFacts> = {}): PodFacts =>
	aPod({
		name: `virt-launcher-${vmi}`,
		role: "launcher",
		vmiUid: `${vmi}-vmi`,
		owner: { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", name: vmi, uid: `${vmi}-vmi` },
		...some,
	});

export const ownedBy = (kind: string, name: string, apiVersion = "kubevirt.io/v1") => ({
	apiVersion,
	kind,
	name,
	uid: `${name}-${kind}`,
});

/** A running VMI on node-a that can migrate and leaves its strategy to the cluster. */
export const aVmi = (name: string, some: Partial<VmiFacts> = {}): VmiFacts => ({
	namespace: "shop",
	name,
	uid: `${name}-vmi`,
	phase: "Running",
	deleting: false,
	nodeName: ours.name,
	nodeLabel: ours.name,
	owner: ownedBy("VirtualMachine", name),
	migratable: "yes",
	memoryBytes: GIB,
	terminationGracePeriodSeconds: 30,
	...some,
});

export const aVm = (name: string, runStrategy: VmFacts["runStrategy"]): VmFacts => ({
	namespace: "shop",
	name,
	uid: `${name}-VirtualMachine`,
	runStrategy,
});

export const aMigrationState = (some: Partial<MigrationState> = {}): MigrationState => ({
	migrationUid: "move-uid",
	sourceNode: ours.name,
	targetNode: "node-b",
	started: true,
	ended: false,
	completed: false,
	failed: false,
	...some,
});

export const aMigration = (vmiName: string, some: Partial<MigrationFacts> = {}): MigrationFacts => ({
	namespace: "shop",
	name: "move",
	uid: "move-uid",
	vmiName,
	phase: "Running",
	createdAt: NOW - 10_000,
	...some,
});

export const aLook = (some: Partial<Look> = {}): Look => ({
	began: NOW,
	node: aNode(),
	pods: [],
	vmis: [],
	migrations: [],
	vms: [],
	defaultStrategy: "None",
	...some,
});

/** A look of scope `proof` at a node on which nothing is left. */
export const anEmptyLook = (some: Partial<Look> = {}): Look => aLook({ unboundLaunchers: [], ...some });

export const aHook = (some: Partial<Hook> = {}): Hook => ({
	group: "workers",
	hook: "drain",
	token: "token-1",
	timeoutSeconds: 3_600,
	limitAt: NOW + 48 * 3_600_000,
	...some,
});

export const aRecord = (some: Partial<MaintenanceRecord> = {}): MaintenanceRecord => ({
	instanceId: INSTANCE,
	generation: 1,
	version: 3,
	cluster: "blue",
	state: "open",
	openedAt: NOW - 120_000,
	requests: ["event-1"],
	reason: "scale-in",
	hooks: [aHook()],
	beatSeconds: 900,
	lastBeatAt: NOW - 30_000,
	orders: 0,
	mayEnd: [],
	node: ours,
	cordonedAt: CORDONED,
	vms: [],
	refusals: {},
	trouble: [],
	...some,
});

export const aRequest = (some: Partial<MaintenanceRequest> = {}): MaintenanceRequest => ({
	requestId: "event-1",
	source: "lifecycle-event",
	instanceId: INSTANCE,
	reason: "scale-in",
	hook: aHook(),
	mayEnd: [],
	cluster: "blue",
	...some,
});

export const circumstancesOf = (look: Look, some: Partial<Circumstances> = {}): Circumstances => ({
	look,
	record: aRecord(),
	policy: strictPolicy,
	now: NOW,
	...some,
});

/** What a pod says that does not mind a cordon. */
export const toleratesCordon = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }];
