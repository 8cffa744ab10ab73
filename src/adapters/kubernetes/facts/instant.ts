import * as z from "zod";

/** A time as the API writes it, or as client-node has parsed it: epoch milliseconds. */
export const instant = z.union([z.date(), z.string()]).transform((value, context) => {
	const at = value instanceof Date ? value.getTime() : Date.parse(value);
	if (Number.isFinite(at)) return at;
	context.addIssue(`is not a time: ${String(value)}`);
	return z.NEVER;
});

/** The same where the API may leave it out or write null. */
export const maybeInstant = instant.nullish().transform((at) => at ?? undefined);
