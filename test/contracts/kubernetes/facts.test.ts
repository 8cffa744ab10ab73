import { describe, expect, it } from "@jest/globals";
import { kubeVirtFacts } from "../../../src/adapters/kubernetes/facts/kubevirt-facts.ts";
import { migrationFacts } from "../../../src/adapters/kubernetes/facts/migration-facts.ts";
import { nodeFacts } from "../../../src/adapters/kubernetes/facts/node-facts.ts";
import { vmFacts } from "../../../src/adapters/kubernetes/facts/vm-facts.ts";
import { vmiFacts } from "../../../src/adapters/kubernetes/facts/vmi-facts.ts";
import { ClusterRefused } from "../../../src/faults.ts";
import { sample, sampleWith } from "./sample.ts";

const vm = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachine", name: "vm-lm", uid: "e0ce94d8-e8d2-4170-b205-2878f9d98c21" };
const running = {
	namespace: "vms",
	name: "vm-lm",
	uid: "fda6fcd1-06db-4f45-8a61-280d999c3dc3",
	phase: "Running",
	deleting: false,
	nodeName: "node1",
	nodeLabel: "node1",
	owner: vm,
	evictionStrategy: "LiveMigrate",
	migratable: "yes",
	memoryBytes: 512 * 2 ** 20,
	terminationGracePeriodSeconds: 30,
};

describe("a Node", () => {
	it("is read with the moment of its cordon", () => {
		const { labels, annotations, allocatable, ...facts } = nodeFacts(sample("node-cordoned"));
		expect(facts).toEqual({
			name: "node1",
			uid: (sample("node-cordoned") as { metadata: { uid: string } }).metadata.uid,
			providerId: "aws:///eu-west-1b/i-0123456789abcde01",
			ready: true,
			unschedulable: true,
			cordonedSince: Date.parse("2026-11-22T09:43:23Z"),
			taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }],
		});
		expect(labels["topology.kubernetes.io/zone"]).toBe("eu-west-1b");
		expect(annotations["kubevirt.io/heartbeat"]).toBe("2026-11-22T09:42:38Z");
		expect(allocatable.pods).toBe(110);
	});

	it("is not ready while its condition is Unknown or missing", () => {
		const unknown = { conditions: [{ type: "Ready", status: "Unknown" }] };
		expect(nodeFacts(sampleWith("node-cordoned", { status: unknown })).ready).toBe(false);
		expect(nodeFacts(sampleWith("node-cordoned", { status: { conditions: null } })).ready).toBe(false);
	});

	it("has an empty provider id while nobody has set one", () => {
		expect(nodeFacts(sampleWith("node-cordoned", { spec: { providerID: undefined } })).providerId).toBe("");
	});

	it("with an amount that is no quantity is refused by name", () => {
		const odd = sampleWith("node-cordoned", { status: { allocatable: { cpu: "plenty" } } });
		expect(() => nodeFacts(odd)).toThrow(/^cannot read Node node1: .*is not a quantity: plenty/s);
	});
});

describe("a VMI", () => {
	it("is read as it runs", () => {
		expect(vmiFacts(sample("vmi-running"))).toEqual(running);
	});

	it("is read while it migrates", () => {
		expect(vmiFacts(sample("vmi-migrating"))).toEqual({
			...running,
			evacuationNodeName: "node1",
			migration: {
				migrationUid: "0f31918f-0c12-4ba7-94b6-09a9e0d28e06",
				sourceNode: "node1",
				targetNode: "node2",
				targetPod: "virt-launcher-vm-lm-8fjjg",
				started: true,
				ended: false,
				completed: false,
				failed: false,
				mode: "PreCopy",
			},
		});
	});

	it("keeps its last migration once it has moved", () => {
		const { nodeName, nodeLabel, migration } = vmiFacts(sample("vmi-migrated"));
		expect({ nodeName, nodeLabel, ended: migration?.ended, completed: migration?.completed }).toEqual({
			nodeName: "node2",
			nodeLabel: "node2",
			ended: true,
			completed: true,
		});
	});

	it("says why it cannot migrate, and knows nothing while the condition is missing", () => {
		const condition = {
			type: "LiveMigratable",
			status: "False",
			reason: "DisksNotLiveMigratable",
			message: "PVC a is not shared",
		};
		expect(vmiFacts(sampleWith("vmi-running", { status: { conditions: [condition] } }))).toEqual({
			...running,
			migratable: "no",
			notMigratableBecause: "DisksNotLiveMigratable: PVC a is not shared",
		});
		expect(vmiFacts(sampleWith("vmi-running", { status: { conditions: [] } })).migratable).toBe("unknown");
	});

	it("in a phase that we do not know is not final", () => {
		expect(vmiFacts(sampleWith("vmi-running", { status: { phase: "Hibernated" } })).phase).toBe("Unknown");
		expect(vmiFacts(sampleWith("vmi-running", { status: { phase: "" } })).phase).toBe("Pending");
	});

	it("leaves its strategy to the cluster when it states none", () => {
		const { evictionStrategy, ...rest } = running;
		expect(vmiFacts(sampleWith("vmi-running", { spec: { evictionStrategy: undefined } }))).toEqual(rest);
	});

	it("with a strategy that we do not know is refused by name", () => {
		const odd = sampleWith("vmi-running", { spec: { evictionStrategy: "Hibernate" } });
		expect(() => vmiFacts(odd)).toThrow(
			new ClusterRefused(
				'cannot tell what an eviction does to VirtualMachineInstance vms/vm-lm: its evictionStrategy "Hibernate" is not one that we know',
			),
		);
	});
});

describe("a migration", () => {
	const facts = {
		namespace: "vms",
		name: "kubevirt-evacuation-6k7cz",
		uid: "0f31918f-0c12-4ba7-94b6-09a9e0d28e06",
		vmiName: "vm-lm",
		createdAt: Date.parse("2026-11-22T09:43:24Z"),
		evacuates: "node1",
	};

	it("knows its ends once it is over", () => {
		expect(migrationFacts(sample("migration-running"))).toEqual({ ...facts, phase: "Running" });
		expect(migrationFacts(sample("migration-succeeded"))).toEqual({
			...facts,
			phase: "Succeeded",
			sourceNode: "node1",
			targetNode: "node2",
		});
	});

	it("in a phase that we do not know is not over", () => {
		expect(migrationFacts(sampleWith("migration-succeeded", { status: { phase: "Postponed" } })).phase).toBe("Running");
		expect(migrationFacts(sampleWith("migration-running", { status: { phase: undefined } })).phase).toBe("Unset");
	});

	it("is called off from the moment that it is being deleted", () => {
		const metadata = { deletionTimestamp: "2026-09-01T10:00:00Z" };
		expect(migrationFacts(sampleWith("migration-running", { metadata })).deleting).toBe(true);
	});
});

describe("a VirtualMachine", () => {
	const facts = { namespace: "vms", name: "vm-lm", uid: vm.uid };

	it("runs always, also in the old writing", () => {
		expect(vmFacts(sample("vm"))).toEqual({ ...facts, runStrategy: "Always" });
		const old = sampleWith("vm", { spec: { runStrategy: undefined, running: true } });
		expect(vmFacts(old)).toEqual({ ...facts, runStrategy: "Always" });
	});

	it("with a run strategy that we do not know is refused by name", () => {
		expect(() => vmFacts(sampleWith("vm", { spec: { runStrategy: "Sometimes" } }))).toThrow(
			new ClusterRefused('cannot tell whether VirtualMachine vms/vm-lm comes back: runStrategy "Sometimes"'),
		);
	});
});

describe("the KubeVirt object", () => {
	const metadata = { name: "kubevirt", namespace: "kubevirt", uid: "k", creationTimestamp: "2026-11-22T09:26:04Z" };

	it("states limits and a default, or KubeVirt's own hold", () => {
		expect(kubeVirtFacts({ metadata, spec: {}, status: { observedKubeVirtVersion: "v1.9.0" } })).toEqual({
			namespace: "kubevirt",
			version: "v1.9.0",
			evictionStrategy: "None",
			parallelOutboundMigrationsPerNode: 2,
			parallelMigrationsPerCluster: 5,
		});
		const migrations = { parallelOutboundMigrationsPerNode: 4, parallelMigrationsPerCluster: 20 };
		const configuration = { evictionStrategy: "LiveMigrate", migrations };
		expect(kubeVirtFacts({ metadata, spec: { configuration } })).toEqual({
			namespace: "kubevirt",
			version: "",
			evictionStrategy: "LiveMigrate",
			...migrations,
		});
	});
});
