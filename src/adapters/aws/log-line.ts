const MAX_STRING = 2_000;
const MAX_ITEMS = 100;
const MAX_DEPTH = 8;
const MAX_LINE = 64 * 1024;

const shorten = (text: string): string =>
	text.length <= MAX_STRING ? text : `${text.slice(0, MAX_STRING)}… (${text.length - MAX_STRING} more)`;

const withoutRest = <T>(items: readonly T[]): readonly T[] => items.slice(0, MAX_ITEMS);

function bounded(value: unknown, depth: number): unknown {
	if (typeof value === "string") return shorten(value);
	if (typeof value === "bigint") return String(value);
	if (typeof value !== "object" || value === null) return value;
	if (depth === 0) return "…";
	if (value instanceof Error) {
		const { name, message, cause } = value;
		return { name, message: shorten(message), ...(cause !== undefined && { cause: bounded(cause, depth - 1) }) };
	}
	if (Array.isArray(value)) {
		const items = withoutRest(value).map((item) => bounded(item, depth - 1));
		return value.length > MAX_ITEMS ? [...items, `… (${value.length - MAX_ITEMS} more)`] : items;
	}
	const entries = withoutRest(Object.entries(value)).map(([key, item]) => [shorten(key), bounded(item, depth - 1)]);
	return Object.fromEntries(entries);
}

/** JSON leaves these as they are; a terminal or a log service may break the line at them, or obey them. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** What names the line's subject: a few short values. */
const shortScalars = (line: Readonly<Record<string, unknown>>) => {
	const isShort = (value: unknown) => typeof value === "number" || typeof value === "boolean" || typeof value === "string";
	const entries = Object.entries(line).filter(([key, value]) => isShort(value) && key.length + String(value).length < 300);
	return Object.fromEntries(entries.slice(0, 20));
};

/**
 * One line of JSON, without its newline: at most 64 KiB, long strings and lists cut with a note of how much is missing,
 * errors with name, message and cause. Whatever a message brought with it, it cannot break the line.
 */
export function logLine(line: Readonly<Record<string, unknown>> & { readonly event: string }): string {
	const whole = JSON.stringify(bounded(line, MAX_DEPTH)).replace(UNSAFE, escaped);
	if (whole.length <= MAX_LINE) return whole;
	const brief = { event: shorten(line.event), ...shortScalars(line), cut: `${whole.length} characters` };
	return JSON.stringify(brief).replace(UNSAFE, escaped);
}
