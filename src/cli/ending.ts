import * as z from "zod";
import type { MaintenanceRecord } from "../domain/record.ts";
import type { ExecutionEvent } from "../local/workflow/execution-event.ts";
import type { Outcome } from "./demo-event.ts";

/** How a run ends, and why, each reason with its way out; none when the instance was released. */
export type Ending = { readonly outcome: Outcome; readonly because: readonly string[] };

/** What a state gets that a step's fault has led to. */
export const faultSchema = z.object({ fault: z.object({ Error: z.string(), Cause: z.string() }) });

type ReadRecord = () => Promise<MaintenanceRecord | undefined>;

/**
 * Says whether the execution has come to where the demo ends: Done, one of its failures, or a Hold that has sent its
 * heartbeat and waits. A Hold itself goes on for as long as the hook lets it. After a fault it tries again, which the
 * demo waits for once.
 */
export function endings(): (event: ExecutionEvent, record: ReadRecord) => Promise<Ending | undefined> {
	let faults = 0;
	return async (event, record) => {
		if (event.type !== "entered" || event.item !== undefined) return undefined;
		switch (event.state) {
			case "Done":
				return endingOfRecord(await record());
			case "Hold after a fault":
			case "Hold after the same fault":
			case "Hold after the same fault, and remind":
				faults += 1;
				return undefined;
			case "Wait for the next heartbeat":
			case "Wait for the next try":
				if (faults === 1 && faultSchema.safeParse(event.input).success) return undefined;
				return { outcome: "held", because: reasonsToHold(event.input, await record()) };
			case "Record missing":
			case "Hand over":
				return { outcome: "failed", because: [`The execution ended in the state ${event.state}.`] };
			default:
				return undefined;
		}
	};
}

function endingOfRecord(record: MaintenanceRecord | undefined): Ending {
	if (record?.state === "released") return { outcome: "released", because: [] };
	return { outcome: "failed", because: [`The maintenance is over without a release: it is ${record?.state ?? "not there"}.`] };
}

/** Why the execution holds, each reason with its way out. `input`: the state's own. */
export function reasonsToHold(input: unknown, record: MaintenanceRecord | undefined): readonly string[] {
	const faulty = faultSchema.safeParse(input);
	if (faulty.success) {
		const { Error: name, Cause } = faulty.data.fault;
		return [`A step failed (${name}: ${Cause}). Heartbeats go on and the drain is tried again; remove the cause.`];
	}
	const troubles = record?.trouble.map(({ says }) => says) ?? [];
	return troubles.length > 0 ? troubles : ["Nothing is left that Evacuator may do; see what is still on the node."];
}

/** Intake has taken the message for nothing to act on: no execution will ever begin. */
export function endingOfReceipt(outcome: string, why: string): Ending | undefined {
	return outcome === "accepted" || outcome === "retry" || outcome === "duplicate"
		? undefined
		: { outcome: "failed", because: [`Intake did not take the message on (${outcome}): ${why}`] };
}
