import type * as z from "zod";
import { shortened } from "../domain/shortened.ts";

const LONGEST_WHY = 500;
const LONGEST_ECHO = 100;

/** At most 500 characters. */
export const bounded = (why: string): string => shortened(why, LONGEST_WHY);

// Control and format characters forge log lines and turn text around on a terminal.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const printable = (text: string) => text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** A value as a complaint may show it: at most 100 characters of it, escaped; lists and objects only by what they are. */
export function quote(value: unknown): string {
	if (typeof value === "string") return `"${printable(shortened(value, LONGEST_ECHO))}"`;
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (typeof value === "object" && value !== null) return "an object";
	return String(value);
}

/** The first ten names, quoted. */
export function quoteNames(names: readonly string[]): string {
	const shown = names.slice(0, 10).map((name) => quote(shortened(name, 40)));
	return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
	let here = value;
	for (const step of path) {
		if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
		here = Reflect.get(here, step);
	}
	return here;
}

const pathOf = (path: readonly PropertyKey[]) =>
	path.reduce<string>(
		(so, step) => (typeof step === "number" ? `${so}[${step}]` : so ? `${so}.${String(step)}` : String(step)),
		"",
	);

/**
 * One clause per field that the schema refused: the field, what it holds, what it should be. The messages of our schemas
 * are noun phrases that say what a field must be.
 */
export function complaintsOf(error: z.ZodError, value: unknown): string {
	const clauses = error.issues.map((issue) => {
		const held = valueAt(value, issue.path);
		const field = pathOf(issue.path);
		return held === undefined
			? `${field} is missing: it must be ${issue.message}`
			: `${field} is ${quote(held)}, not ${issue.message}`;
	});
	return [...new Set(clauses)].join("; ");
}
