import { DefinitionRefused } from "./states-faults.ts";

type Kind = "String" | "Numeric" | "Boolean" | "Timestamp";

/** How one operand of a comparison is understood; undefined when it is of another type. */
const READ: Readonly<Record<Kind, (value: unknown) => string | number | boolean | undefined>> = {
	String: (value) => (typeof value === "string" ? value : undefined),
	Numeric: (value) => (typeof value === "number" ? value : undefined),
	Boolean: (value) => (typeof value === "boolean" ? value : undefined),
	Timestamp: (value) => parseTimestamp(value),
};

const RELATIONS: Readonly<Record<string, (a: string | number | boolean, b: string | number | boolean) => boolean>> = {
	Equals: (a, b) => a === b,
	LessThan: (a, b) => a < b,
	LessThanEquals: (a, b) => a <= b,
	GreaterThan: (a, b) => a > b,
	GreaterThanEquals: (a, b) => a >= b,
};

/** The tests of one value: `IsPresent: false` asks for the opposite. */
export const TYPE_TESTS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
	["IsPresent", (value: unknown) => value !== undefined],
	["IsNull", (value: unknown) => value === null],
	["IsString", (value: unknown) => typeof value === "string"],
	["IsNumeric", (value: unknown) => typeof value === "number"],
	["IsBoolean", (value: unknown) => typeof value === "boolean"],
	["IsTimestamp", (value: unknown) => parseTimestamp(value) !== undefined],
]);

/** A value of the input against a literal or another value. */
type Comparison = (value: unknown, operand: unknown) => boolean;

/** The comparison of this name (without `Path`); operands of different types never match. */
export function comparisonNamed(name: string): Comparison | undefined {
	if (name === "StringMatches") return (value, pattern) => typeof value === "string" && wildcard(String(pattern)).test(value);
	const match = /^(String|Numeric|Boolean|Timestamp)(\w+)$/.exec(name);
	const relation = RELATIONS[match?.[2] ?? ""];
	if (!match || !relation || (match[1] === "Boolean" && match[2] !== "Equals")) return undefined;
	const read = READ[match[1] as Kind];
	return (value, operand) => {
		const a = read(value);
		const b = read(operand);
		return a !== undefined && b !== undefined && relation(a, b);
	};
}

/** Throws DefinitionRefused unless a literal operand has the type that the comparison's name promises. */
export function refuseWrongOperand(name: string, operand: unknown): void {
	const kind = /^(String|Numeric|Boolean|Timestamp)/.exec(name)?.[1] as Kind;
	if (READ[kind](operand) === undefined) {
		throw new DefinitionRefused(`cannot compare by ${name} with ${JSON.stringify(operand)}: a ${kind.toLowerCase()} is expected`);
	}
}

/** Epoch milliseconds of an RFC 3339 time stamp in the profile of the States language: upper-case T, and Z or an offset. */
export function parseTimestamp(value: unknown): number | undefined {
	if (typeof value !== "string") return undefined;
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
	const ms = Date.parse(value);
	return Number.isNaN(ms) ? undefined : ms;
}

/** `*` stands for anything; `\*` and `\\` for themselves. */
function wildcard(pattern: string): RegExp {
	const source = pattern.replace(/\\([*\\])|(\*)|([\s\S])/g, (_, escaped?: string, star?: string, plain?: string) =>
		star ? "[\\s\\S]*" : (escaped ?? plain ?? "").replace(/[.*+?^${}()|[\]\\/]/, "\\$&"),
	);
	return new RegExp(`^${source}$`, "u");
}
