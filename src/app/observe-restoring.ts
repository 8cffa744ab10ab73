import type { Look } from "../domain/look.ts";
import { newsOf, withTold } from "../domain/news.ts";
import { followStories } from "../domain/outcomes.ts";
import type { MaintenanceRecord } from "../domain/record.ts";
import { withTrouble } from "../domain/record-changes.ts";
import { withStories } from "../domain/story-changes.ts";
import type { Trouble } from "../domain/trouble.ts";
import type { World } from "../ports.ts";
import { changeFrom } from "./maintenance-record.ts";
import { type Observed, sayAll } from "./observe.ts";

/** Writes into the record what became of the VMs that the drain met, and what a human must know about taking it back. */
export async function observeRestoring(
	look: Look,
	record: MaintenanceRecord,
	trouble: readonly Trouble[],
	world: World,
): Promise<Observed> {
	const now = world.clock.now();
	const news = newsOf(record, trouble, now);
	const after = await changeFrom(record, world, (was) => {
		const followed = withStories(was, storiesOf(was, look, now));
		return withTold(withTrouble(followed, trouble), news, now);
	});
	sayAll(news, record, world);
	return { record: after ?? record, news };
}

/** VMs that have come since are no part of the drain. */
function storiesOf(record: MaintenanceRecord, look: Look, now: number): MaintenanceRecord["vms"] {
	const followed = followStories(record, look, now);
	return followed.length === record.vms.length ? followed : followed.slice(0, record.vms.length);
}
