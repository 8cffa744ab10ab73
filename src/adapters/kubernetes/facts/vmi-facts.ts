import * as z from "zod";
import type { VmiFacts, VmiPhase } from "../../../domain/look.ts";
import { nameOf } from "../../../domain/namespaced-name.ts";
import { evictionStrategyOf } from "./eviction-strategy.ts";
import { migrationStateOf, migrationStateSchema } from "./migration-state.ts";
import { type Condition, conditionOf, conditions, controllerOf, objectMeta } from "./object-meta.ts";
import { quantity } from "./quantity.ts";
import { readObject } from "./read-object.ts";
import { stated } from "./stated.ts";

const maybeQuantity = quantity.nullish();

const vmiSchema = z.object({
	metadata: objectMeta,
	spec: z.object({
		evictionStrategy: z.string().nullish(),
		terminationGracePeriodSeconds: z.number().nullish(),
		domain: z
			.object({
				memory: z.object({ guest: maybeQuantity }).nullish(),
				resources: z.object({ requests: z.object({ memory: maybeQuantity }).nullish() }).nullish(),
			})
			.nullish(),
	}),
	status: z
		.object({
			phase: z.string().nullish(),
			nodeName: z.string().nullish(),
			evacuationNodeName: z.string().nullish(),
			conditions,
			migrationState: migrationStateSchema.nullish(),
			memory: z.object({ guestCurrent: maybeQuantity }).nullish(),
		})
		.default({ conditions: [] }),
});

type Vmi = z.output<typeof vmiSchema>;

const PHASES: ReadonlySet<string> = new Set([
	"Pending",
	"Scheduling",
	"Scheduled",
	"Running",
	"Succeeded",
	"Failed",
	"WaitingForSync",
	"Unknown",
] satisfies VmiPhase[]);

/** What KubeVirt gives a guest that does not say. */
const GRACE_SECONDS = 30;

/**
 * The facts of a VirtualMachineInstance. A phase that we do not know counts as Unknown, which is never final; an eviction
 * strategy that we do not know throws ClusterRefused.
 */
export function vmiFacts(object: unknown): VmiFacts {
	const { metadata, spec, status } = readObject("VirtualMachineInstance", vmiSchema, object);
	const id = nameOf(metadata);
	return {
		namespace: metadata.namespace,
		name: metadata.name,
		uid: metadata.uid,
		phase: phaseOf(status.phase),
		deleting: metadata.deletionTimestamp !== undefined,
		...stated({
			nodeName: status.nodeName || undefined,
			nodeLabel: metadata.labels["kubevirt.io/nodeName"] || undefined,
			owner: controllerOf(metadata),
			evictionStrategy: evictionStrategyOf(spec.evictionStrategy, `VirtualMachineInstance ${id}`),
			evacuationNodeName: status.evacuationNodeName || undefined,
			migration: status.migrationState ? migrationStateOf(status.migrationState) : undefined,
		}),
		...migratableOf(conditionOf(status.conditions, "LiveMigratable")),
		memoryBytes: memoryOf({ spec, status }),
		terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? GRACE_SECONDS,
	};
}

function phaseOf(phase: string | null | undefined): VmiPhase {
	if (!phase) return "Pending";
	return PHASES.has(phase) ? (phase as VmiPhase) : "Unknown";
}

function migratableOf(condition: Condition | undefined): Pick<VmiFacts, "migratable" | "notMigratableBecause"> {
	if (condition?.status === "True") return { migratable: "yes" };
	if (condition?.status !== "False") return { migratable: "unknown" };
	const because = [condition.reason, condition.message].filter((part) => part).join(": ");
	return { migratable: "no", ...stated({ notMigratableBecause: because || undefined }) };
}

function memoryOf({ spec, status }: Pick<Vmi, "spec" | "status">): number {
	const asked = spec.domain?.memory?.guest ?? spec.domain?.resources?.requests?.memory;
	return status.memory?.guestCurrent ?? asked ?? 0;
}
