import { cancelHeld, whenCancelled } from "../domain/cancellation.ts";
import type { MaintenanceRecord } from "../domain/record.ts";
import { withTrouble } from "../domain/record-changes.ts";
import type { StepResult } from "../domain/step-result.ts";
import { newTroubles } from "../domain/trouble-of.ts";
import type { World } from "../ports.ts";
import { changeRecord } from "./maintenance-record.ts";
import { noticeOf, sayAll } from "./observe.ts";
import { type Attempt, stepResult } from "./step.ts";

/**
 * What a step answers that does not look and finds its drain cancelled; undefined while it is not. Where a hook makes it
 * hold, whoever cancelled is told so.
 */
export async function heedCancel(record: MaintenanceRecord, world: World, attempt: Attempt): Promise<StepResult | undefined> {
	const decision = whenCancelled(record);
	if (!decision) return undefined;
	const news = decision.next === "hold" ? newTroubles(record.trouble, [cancelHeld(record)]) : [];
	sayAll(news, record, world);
	const after = await changeRecord(record, world, (was) =>
		news.length === 0 ? was : withTrouble(was, [...was.trouble, ...newTroubles(was.trouble, news)]),
	);
	return { ...stepResult(decision, after ?? record, attempt, world.clock.now()), ...noticeOf(news, record) };
}
