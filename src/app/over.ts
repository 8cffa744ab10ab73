import { restoredSays } from "../domain/cancellation.ts";
import { executionName, type MaintenanceRecord } from "../domain/record.ts";
import type { StepResult } from "../domain/step-result.ts";
import { instanceGone } from "../domain/trouble-texts.ts";
import { noticeOf } from "./observe.ts";
import { type Attempt, stepResult } from "./step.ts";

/**
 * What a step answers that finds its maintenance over, and the notice of that end once more: nobody calls a step then unless
 * the answer of the one that closed the record was lost, or could not be published. Told twice is better than never.
 */
export const overResult = (record: MaintenanceRecord, attempt: Attempt, now: number): StepResult => ({
	...stepResult({ next: "done", why: `the record is ${record.state}` }, record, attempt, now),
	...lastWord(record),
});

/** The only word that anybody gets of this end; a release is told by what it does. */
function lastWord(record: MaintenanceRecord): Pick<StepResult, "tell"> {
	if (record.state === "gone") return noticeOf([instanceGone(record)], record);
	return record.state === "restored" ? restoredNotice(record, "It is taken back.") : {};
}

/** `stands`: what the node is now. */
export const restoredNotice = (record: MaintenanceRecord, stands: string) => ({
	tell: { subject: `Evacuator ${executionName(record)}: restored`, message: restoredSays(record, stands) },
});
