import { isDeepStrictEqual } from "node:util";
import { isRecord } from "./path.ts";
import { StatesError } from "./states-faults.ts";

type Intrinsic = {
	readonly arity: readonly [least: number, most: number];
	call(args: readonly unknown[], say: string): unknown;
};

const ANY = Number.POSITIVE_INFINITY;

/**
 * The intrinsic functions that are implemented. States.UUID, States.MathRandom and the rest are refused at load.
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
export const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
	["States.Array", { arity: [0, ANY], call: (args) => args }],
	["States.ArrayLength", { arity: [1, 1], call: ([array], say) => arrayOf(array, say).length }],
	["States.ArrayGetItem", { arity: [2, 2], call: ([array, index], say) => itemOf(arrayOf(array, say), index, say) }],
	["States.ArrayContains", { arity: [2, 2], call: ([array, value], say) => contains(arrayOf(array, say), value) }],
	["States.Format", { arity: [1, ANY], call: ([template, ...values], say) => format(stringOf(template, say), values, say) }],
	["States.JsonToString", { arity: [1, 1], call: ([value]) => JSON.stringify(value) }],
	["States.StringToJson", { arity: [1, 1], call: ([text], say) => parse(stringOf(text, say), say) }],
	["States.MathAdd", { arity: [2, 2], call: ([a, b], say) => integerOf(a, say) + integerOf(b, say) }],
]);

/** The failure that a function reports; `say` is the call as it stands in the definition. */
function failure(say: string, why: string): StatesError {
	return new StatesError("States.IntrinsicFailure", `The function '${say}' had the following error: ${why}`);
}

function arrayOf(value: unknown, say: string): readonly unknown[] {
	if (Array.isArray(value)) return value;
	throw failure(say, `${JSON.stringify(value)} is not an array`);
}

function stringOf(value: unknown, say: string): string {
	if (typeof value === "string") return value;
	throw failure(say, `${JSON.stringify(value)} is not a string`);
}

/** Step Functions rounds numbers that are not integers. */
function integerOf(value: unknown, say: string): number {
	if (typeof value === "number") return Math.round(value);
	throw failure(say, `${JSON.stringify(value)} is not a number`);
}

function itemOf(array: readonly unknown[], index: unknown, say: string): unknown {
	const item = typeof index === "number" ? array[index] : undefined;
	if (item === undefined) throw failure(say, `there is no item ${JSON.stringify(index)} in an array of ${array.length}`);
	return item;
}

function contains(array: readonly unknown[], value: unknown): boolean {
	return array.some((item) => isDeepStrictEqual(item, value));
}

function parse(text: string, say: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw failure(say, `${JSON.stringify(text)} is not JSON`);
	}
}

function format(template: string, values: readonly unknown[], say: string): string {
	const pieces = template.split("{}");
	if (pieces.length !== values.length + 1) {
		throw failure(say, `${pieces.length - 1} placeholders for ${values.length} values`);
	}
	return pieces.map((piece, i) => (i === 0 ? piece : printed(values[i - 1], say) + piece)).join("");
}

function printed(value: unknown, say: string): string {
	if (Array.isArray(value) || isRecord(value)) throw failure(say, `${JSON.stringify(value)} is no plain value`);
	return typeof value === "string" ? value : JSON.stringify(value);
}
