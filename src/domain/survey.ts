/** Nobody relies on a survey that is older than this: it looks again first. */
export const SURVEY_LASTS_MS = 120_000;
