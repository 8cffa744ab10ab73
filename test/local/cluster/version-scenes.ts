import { type Scene, scene } from "./drained-cluster.ts";

/** The three versions that are simulated. */
export const versions = ["1.9.0", "1.7.0", "1.5.1"] as const;

/** A first node with so many migratable VMs `c1`, `c2`, …, at rest when `play` begins. */
export async function playOn(
	kubevirtVersion: string,
	{ vms, migrationSeconds }: { readonly vms: number; readonly migrationSeconds: number },
	play: (scene: Scene) => Promise<void>,
): Promise<void> {
	const stage = scene({ kubevirtVersion });
	const seed = { namespace: "vms", on: stage.nodes[0], evictionStrategy: "LiveMigrate", migrationSeconds } as const;
	for (let number = 1; number <= vms; number++) stage.cluster.add.vm({ ...seed, name: `c${number}` });
	await stage.clock.run(async () => {
		await stage.cluster.settle();
		await play(stage);
	});
}

/** Where a migration is created, and a subresource is asked for. */
export const paths = {
	migrations: "/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstancemigrations",
	subresource: (what: string) => `/apis/subresources.kubevirt.io/v1/namespaces/vms/${what}`,
};

/** A migration as a user writes it. */
export const migrationOf = (vmiName: string, name: string, spec: Readonly<Record<string, unknown>> = {}) => ({
	apiVersion: "kubevirt.io/v1",
	kind: "VirtualMachineInstanceMigration",
	metadata: { name },
	spec: { vmiName, ...spec },
});
