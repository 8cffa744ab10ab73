import type { MaintenanceRecord, VmStory } from "./record.ts";
import { keptStories } from "./record-limits.ts";

/** The record with these stories of the VMs, as many as it holds; itself when none of them is new, and as many are not listed. */
export function withStories(record: MaintenanceRecord, vms: readonly VmStory[]): MaintenanceRecord {
	const kept = keptStories(vms);
	const unlisted = { ended: (record.unlisted?.ended ?? 0) + kept.ended, present: kept.present };
	const isKnown = kept.vms.length === record.vms.length && kept.vms.every((story, index) => story === record.vms[index]);
	if (isKnown && unlisted.ended === (record.unlisted?.ended ?? 0) && unlisted.present === (record.unlisted?.present ?? 0)) {
		return record;
	}
	const known = record.unlisted !== undefined || unlisted.ended + unlisted.present > 0;
	return { ...record, vms: kept.vms, ...(known && { unlisted }) };
}
