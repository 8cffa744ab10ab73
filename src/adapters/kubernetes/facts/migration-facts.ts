import * as z from "zod";
import type { MigrationFacts, MigrationPhase } from "../../../domain/look.ts";
import { endsOf, migrationStateSchema } from "./migration-state.ts";
import { objectMeta } from "./object-meta.ts";
import { readObject } from "./read-object.ts";
import { stated } from "./stated.ts";

const migrationSchema = z.object({
	metadata: objectMeta,
	spec: z.object({ vmiName: z.string() }),
	status: z.object({ phase: z.string().nullish(), migrationState: migrationStateSchema.nullish() }).default({}),
});

const PHASES: ReadonlySet<string> = new Set([
	"Pending",
	"Scheduling",
	"Scheduled",
	"PreparingTarget",
	"TargetReady",
	"Running",
	"Succeeded",
	"Failed",
	"WaitingForSync",
	"Synchronizing",
] satisfies MigrationPhase[]);

/** The facts of a VirtualMachineInstanceMigration. A phase that we do not know counts as Running: it is not over. */
export function migrationFacts(object: unknown): MigrationFacts {
	const { metadata, spec, status } = readObject("VirtualMachineInstanceMigration", migrationSchema, object);
	return {
		namespace: metadata.namespace,
		name: metadata.name,
		uid: metadata.uid,
		vmiName: spec.vmiName,
		phase: phaseOf(status.phase),
		createdAt: metadata.creationTimestamp,
		...stated({
			evacuates: metadata.annotations["kubevirt.io/evacuationMigration"] || undefined,
			failureReason: status.migrationState?.failureReason,
			deleting: metadata.deletionTimestamp === undefined ? undefined : (true as const),
		}),
		...(status.migrationState ? endsOf(status.migrationState) : {}),
	};
}

function phaseOf(phase: string | null | undefined): MigrationPhase {
	if (!phase) return "Unset";
	return PHASES.has(phase) ? (phase as MigrationPhase) : "Running";
}
