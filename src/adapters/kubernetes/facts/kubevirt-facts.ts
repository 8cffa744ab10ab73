import * as z from "zod";
import type { KubeVirtFacts } from "../../../domain/look.ts";
import { nameOf } from "../../../domain/namespaced-name.ts";
import { evictionStrategyOf } from "./eviction-strategy.ts";
import { objectMeta } from "./object-meta.ts";
import { readObject } from "./read-object.ts";

const kubeVirtSchema = z.object({
	metadata: objectMeta,
	spec: z
		.object({
			configuration: z
				.object({
					evictionStrategy: z.string().nullish(),
					migrations: z
						.object({
							parallelOutboundMigrationsPerNode: z.number().nullish(),
							parallelMigrationsPerCluster: z.number().nullish(),
						})
						.nullish(),
				})
				.nullish(),
		})
		.nullish(),
	status: z.object({ observedKubeVirtVersion: z.string().nullish() }).nullish(),
});

/** KubeVirt's own limits where the KubeVirt object states none: https://kubevirt.io/user-guide/compute/live_migration/ */
const OUTBOUND_PER_NODE = 2;
const PER_CLUSTER = 5;

/** The facts of the KubeVirt object. A cluster that states no eviction strategy shuts its VMs down: None. */
export function kubeVirtFacts(object: unknown): KubeVirtFacts {
	const { metadata, spec, status } = readObject("KubeVirt", kubeVirtSchema, object);
	const configuration = spec?.configuration;
	const whose = `VMs by the KubeVirt object ${nameOf(metadata)}`;
	return {
		namespace: metadata.namespace,
		version: status?.observedKubeVirtVersion ?? "",
		evictionStrategy: evictionStrategyOf(configuration?.evictionStrategy, whose) ?? "None",
		parallelOutboundMigrationsPerNode: configuration?.migrations?.parallelOutboundMigrationsPerNode ?? OUTBOUND_PER_NODE,
		parallelMigrationsPerCluster: configuration?.migrations?.parallelMigrationsPerCluster ?? PER_CLUSTER,
	};
}
