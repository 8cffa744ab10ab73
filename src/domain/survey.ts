import type { MaintenanceRecord, VmNodes } from "./record.ts";

/** Nobody relies on a survey that is older than this: it looks again first. */
export const SURVEY_LASTS_MS = 120_000;

/** The surroundings were read in a look that began then, with these VM nodes. */
export const withSurvey = (record: MaintenanceRecord, surveyedAt: number, vmNodes?: VmNodes): MaintenanceRecord => ({
	...record,
	surveyedAt,
	...(vmNodes && { vmNodes }),
});
