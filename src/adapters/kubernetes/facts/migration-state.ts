import * as z from "zod";
import type { MigrationState } from "../../../domain/look.ts";
import { maybeInstant } from "./instant.ts";
import { stated } from "./stated.ts";

const text = z
	.string()
	.nullish()
	.transform((value) => value || undefined);
const flag = z
	.boolean()
	.nullish()
	.transform((value) => value ?? false);
const side = z.object({ node: text }).nullish();

/** status.migrationState of a VMI or of a migration: empty and false fields are left out on the wire. */
export const migrationStateSchema = z.object({
	migrationUid: text,
	sourceNode: text,
	targetNode: text,
	targetPod: text,
	sourceState: side,
	targetState: side,
	startTimestamp: maybeInstant,
	endTimestamp: maybeInstant,
	completed: flag,
	failed: flag,
	failureReason: text,
	mode: text,
});

type Written = z.output<typeof migrationStateSchema>;

/** The nodes that a migration leads from and to. */
export function endsOf(state: Written): { readonly sourceNode?: string; readonly targetNode?: string } {
	return stated({
		sourceNode: state.sourceNode ?? state.sourceState?.node,
		targetNode: state.targetNode ?? state.targetState?.node,
	});
}

export function migrationStateOf(state: Written): MigrationState {
	return {
		migrationUid: state.migrationUid ?? "",
		...endsOf(state),
		started: state.startTimestamp !== undefined,
		ended: state.endTimestamp !== undefined,
		completed: state.completed,
		failed: state.failed,
		...stated({ targetPod: state.targetPod, failureReason: state.failureReason, mode: state.mode }),
	};
}
