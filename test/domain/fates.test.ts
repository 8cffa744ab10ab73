import { describe, expect, it } from "@jest/globals";
import type { Fate } from "../../src/domain/fate.ts";
import { fateOfVmi } from "../../src/domain/fates.ts";
import type { EvictionStrategy, Look, Owner, RunStrategy, VmiFacts } from "../../src/domain/look.ts";
import { aLauncher, aLook, aMigrationState, aVm, aVmi, ours, ownedBy } from "./builders.ts";

type OwnerCase = { readonly owner: Owner | undefined; readonly runStrategy?: RunStrategy; readonly afterShutdown: Fate };

const vm = ownedBy("VirtualMachine", "db");
const owners: Readonly<Record<string, OwnerCase>> = {
	"VM Always": {
		owner: vm,
		runStrategy: "Always",
		afterShutdown: { kind: "restarts elsewhere", why: "its VirtualMachine has run strategy Always" },
	},
	"VM RerunOnFailure": {
		owner: vm,
		runStrategy: "RerunOnFailure",
		afterShutdown: { kind: "stops", why: "its VirtualMachine has run strategy RerunOnFailure, which a clean shutdown ends" },
	},
	"VM Manual": {
		owner: vm,
		runStrategy: "Manual",
		afterShutdown: { kind: "stops", why: "its VirtualMachine has run strategy Manual" },
	},
	"VM Once": {
		owner: vm,
		runStrategy: "Once",
		afterShutdown: { kind: "stops", why: "its VirtualMachine has run strategy Once" },
	},
	"VM Halted": {
		owner: vm,
		runStrategy: "Halted",
		afterShutdown: { kind: "blocks", until: "soon", why: "its VirtualMachine is halted and is shutting it down already" },
	},
	"VM WaitAsReceiver": {
		owner: vm,
		runStrategy: "WaitAsReceiver",
		afterShutdown: { kind: "stops", why: "its VirtualMachine has run strategy WaitAsReceiver" },
	},
	"VM that is gone": {
		owner: vm,
		afterShutdown: { kind: "is lost", why: "its VirtualMachine is not there any more" },
	},
	"replica set": {
		owner: ownedBy("VirtualMachineInstanceReplicaSet", "farm"),
		afterShutdown: { kind: "is replaced", why: "VirtualMachineInstanceReplicaSet farm starts another one" },
	},
	nobody: {
		owner: undefined,
		afterShutdown: { kind: "is lost", why: "nothing owns it, so nothing starts it again" },
	},
	"what only has a name of KubeVirt's": {
		owner: ownedBy("VirtualMachine", "db", "example.com/v1"),
		runStrategy: "Always",
		afterShutdown: {
			kind: "is lost",
			why: "its owner is VirtualMachine db, of which Evacuator does not know that it starts VMs again",
		},
	},
	"a third party": {
		owner: ownedBy("Machine", "m1", "cluster.k8s.io/v1alpha1"),
		afterShutdown: { kind: "is lost", why: "its owner is Machine m1, of which Evacuator does not know that it starts VMs again" },
	},
};

const migrates = (strategy: string): Fate => ({ kind: "migrates", by: "kubevirt", why: `eviction strategy ${strategy}` });
const starting = (strategy: string, phase = "Running"): Fate => ({
	kind: "blocks",
	until: "soon",
	why: `eviction strategy ${strategy}, but it is ${phase} and not known to be migratable yet`,
});
const cannot: Fate = {
	kind: "blocks",
	until: "operator",
	why: "eviction strategy LiveMigrate, but it cannot migrate: DisksNotLiveMigratable: PVC db is not shared",
};
const external: Fate = {
	kind: "migrates",
	by: "external",
	why: "eviction strategy External: its own controller has to move it",
};

/** A fate, or `owner`: whatever becomes of it after a shutdown. */
const table: Readonly<Record<EvictionStrategy | "unset", Readonly<Record<VmiFacts["migratable"], Fate | "owner">>>> = {
	LiveMigrate: { yes: migrates("LiveMigrate"), no: cannot, unknown: starting("LiveMigrate") },
	LiveMigrateIfPossible: {
		yes: migrates("LiveMigrateIfPossible"),
		no: "owner",
		unknown: starting("LiveMigrateIfPossible"),
	},
	External: { yes: external, no: external, unknown: external },
	None: { yes: "owner", no: "owner", unknown: "owner" },
	unset: { yes: "owner", no: "owner", unknown: "owner" },
};

function db({ owner, ...some }: Partial<Omit<VmiFacts, "owner">> & { readonly owner?: Owner | undefined }): VmiFacts {
	const { owner: its, ...vmi } = aVmi("db", some);
	return { ...vmi, ...(owner ? { owner } : {}) };
}

const lookAt = (vmi: VmiFacts, some: Partial<Look> = {}, runStrategy?: RunStrategy): Look =>
	aLook({ vmis: [vmi], pods: [aLauncher("db")], vms: runStrategy ? [aVm("db", runStrategy)] : [], ...some });

const fateOf = (vmi: VmiFacts, look: Look): Fate => fateOfVmi(vmi, { look, node: ours.name });

describe("the fate of a VM", () => {
	for (const [strategy, byMigratable] of Object.entries(table)) {
		for (const [migratable, expected] of Object.entries(byMigratable)) {
			for (const [ownerName, { owner, runStrategy, afterShutdown }] of Object.entries(owners)) {
				it(`is known with strategy ${strategy}, migratable ${migratable}, owned by ${ownerName}`, () => {
					const vmi = db({
						owner,
						migratable: migratable as VmiFacts["migratable"],
						notMigratableBecause: "DisksNotLiveMigratable: PVC db is not shared",
						...(strategy === "unset" ? {} : { evictionStrategy: strategy as EvictionStrategy }),
					});

					const fate = fateOf(vmi, lookAt(vmi, {}, runStrategy));

					expect(fate).toEqual(expected === "owner" ? afterShutdown : expected);
				});
			}
		}
	}

	it("follows the cluster's strategy when its own is unset, and its own None against the cluster's LiveMigrate", () => {
		const unset = db({ owner: vm });
		const none = db({ owner: vm, evictionStrategy: "None" });
		const cluster = { defaultStrategy: "LiveMigrate" } as const;

		expect(fateOf(unset, lookAt(unset, cluster, "Always"))).toEqual(migrates("LiveMigrate"));
		expect(fateOf(none, lookAt(none, cluster, "Always"))).toEqual(owners["VM Always"]?.afterShutdown);
	});

	it.each(["Pending", "Scheduling", "Scheduled", "WaitingForSync"] as const)(
		"waits while it is %s, whatever LiveMigratable says",
		(phase) => {
			const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", phase, migratable: "no" });

			expect(fateOf(vmi, lookAt(vmi))).toEqual(starting("LiveMigrate", phase));
		},
	);

	it("is that of a migration which runs already, whatever the strategy", () => {
		const vmi = db({ owner: vm, evictionStrategy: "None", migration: aMigrationState() });

		expect(fateOf(vmi, lookAt(vmi, {}, "Always"))).toEqual({
			kind: "migrates",
			by: "kubevirt",
			why: "it is migrating to node-b already",
		});
	});

	it("waits for the arrival of a VM that migrates to the node", () => {
		const migration = aMigrationState({ sourceNode: "node-b", targetNode: ours.name });
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", nodeName: "node-b", migration });

		expect(fateOf(vmi, lookAt(vmi))).toEqual({
			kind: "blocks",
			until: "soon",
			why: "it is migrating to this node and can leave once it has arrived",
		});
	});

	it("is that of a migration which does not know its target yet", () => {
		const { targetNode, ...migration } = aMigrationState();
		const vmi = db({ owner: vm, migration });

		expect(fateOf(vmi, lookAt(vmi)).why).toBe("it is migrating to another node already");
	});

	it.each([
		["", {}],
		[", wherever it goes from there", { migration: aMigrationState({ sourceNode: "node-b", targetNode: "node-c" }) }],
		[", whatever came in and failed", { migration: aMigrationState({ targetNode: ours.name, failed: true }) }],
	])("is settled for a VM that runs elsewhere%s", (_, some) => {
		const vmi = db({ owner: vm, nodeName: "node-b", ...some });

		expect(fateOf(vmi, lookAt(vmi))).toEqual({
			kind: "migrates",
			by: "kubevirt",
			why: "it runs on node-b already, its launcher here is about to end",
		});
	});

	it("is like any other's for a VM that a migration has brought here", () => {
		const migration = aMigrationState({ sourceNode: "node-b", targetNode: ours.name, ended: true, completed: true });
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", migration });

		expect(fateOf(vmi, lookAt(vmi))).toEqual(migrates("LiveMigrate"));
	});

	it("is to migrate also while virt-handler is silent about its phase", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", phase: "Unknown" });

		expect(fateOf(vmi, lookAt(vmi))).toEqual(migrates("LiveMigrate"));
	});

	it("blocks without a reason where KubeVirt gives none", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", migratable: "no" });

		expect(fateOf(vmi, lookAt(vmi)).why).toBe("eviction strategy LiveMigrate, but it cannot migrate: KubeVirt gives no reason");
	});

	it("depends on its own VirtualMachine", () => {
		const vmi = db({ owner: vm });

		expect(fateOf(vmi, lookAt(vmi, { vms: [aVm("web", "Always"), aVm("db", "Manual")] }))).toEqual(
			owners["VM Manual"]?.afterShutdown,
		);
	});

	it("says that a VM is being deleted by somebody else, and what follows", () => {
		const vmi = db({ owner: undefined, evictionStrategy: "LiveMigrate", deleting: true });

		expect(fateOf(vmi, lookAt(vmi))).toEqual({
			kind: "is lost",
			why: "it is being deleted, not by Evacuator; nothing owns it, so nothing starts it again",
		});
	});

	it("is to stop when somebody else deletes what its VirtualMachine does not start again", () => {
		const vmi = db({ owner: vm, deleting: true });

		expect(fateOf(vmi, lookAt(vmi, {}, "Halted"))).toEqual({
			kind: "stops",
			why: "it is being deleted, not by Evacuator; its VirtualMachine is halted and is shutting it down already",
		});
	});

	it("says that a guest has ended, and what follows", () => {
		const vmi = db({ owner: vm, evictionStrategy: "LiveMigrate", phase: "Succeeded" });

		expect(fateOf(vmi, lookAt(vmi, {}, "Manual"))).toEqual({
			kind: "stops",
			why: "its guest has ended (Succeeded); its VirtualMachine has run strategy Manual",
		});
		expect(fateOf(vmi, lookAt(vmi, {}, "Halted"))).toEqual({
			kind: "stops",
			why: "its guest has ended (Succeeded); its VirtualMachine is halted and is shutting it down already",
		});
		expect(fateOf(vmi, lookAt(vmi, {}, "Always"))).toEqual({
			kind: "restarts elsewhere",
			why: "its guest has ended (Succeeded); its VirtualMachine has run strategy Always",
		});
	});
});
