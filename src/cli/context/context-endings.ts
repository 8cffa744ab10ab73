import * as z from "zod";
import type { MaintenanceRecord } from "../../domain/record.ts";
import type { ExecutionEvent } from "../../local/workflow/execution-event.ts";
import { faultSchema, reasonsToHold } from "../ending.ts";
import { holdRests } from "./context-ground.ts";

/** Where an execution has come to: its end, or a Hold that rests before it looks again. */
export type ContextEnding = { readonly outcome: "safe" | "held" | "failed"; readonly because: readonly string[] };

const rests = new Set<string>(holdRests);

/** Undefined while the maintenance goes on; one that is handed over goes on in the next execution. */
export async function endingOf(
	event: ExecutionEvent,
	readRecord: () => Promise<MaintenanceRecord | undefined>,
): Promise<ContextEnding | undefined> {
	if (event.type !== "entered" || event.item !== undefined) return undefined;
	if (rests.has(event.state)) {
		const because = reasonOfFault(event.input) ?? reasonsToHold(event.input, await readRecord());
		return { outcome: "held", because };
	}
	if (event.state === "Record missing") return { outcome: "failed", because: ["The record of the maintenance is missing."] };
	if (event.state !== "Done") return undefined;
	const record = await readRecord();
	if (record?.state === "released") return { outcome: "safe", because: [] };
	if (record?.state === "open" || record?.state === "handed over") return undefined;
	return { outcome: "failed", because: [`The maintenance is over without a proof: it is ${record?.state ?? "not there"}.`] };
}

const causeSchema = z.object({ errorMessage: z.string() });

/** What a step threw, in its own words; undefined when it was no fault that led to the Hold. */
function reasonOfFault(input: unknown): readonly string[] | undefined {
	const { data } = faultSchema.safeParse(input);
	if (!data) return undefined;
	const { Error: name, Cause: cause } = data.fault;
	const says = causeSchema.safeParse(parsed(cause)).data?.errorMessage ?? cause;
	return [`A step failed (${name}): ${says}. Remove the cause; the step is tried again.`];
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
