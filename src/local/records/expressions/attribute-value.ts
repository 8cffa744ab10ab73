import { ApiError } from "../../aws/api-error.ts";

/** A value as DynamoDB's protocol writes it: `{ "S": "text" }`, `{ "N": "1" }`, and so on. */
export type AttributeValue = { readonly [type: string]: unknown };

export type Item = { readonly [name: string]: AttributeValue };

export const validation = (message: string): ApiError => new ApiError("ValidationException", message);

export const typeOf = (value: AttributeValue): string => Object.keys(value)[0] ?? "";

const numberOf = ({ N }: AttributeValue): number => Number(N);

export const isEqual = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean => {
	if (!a || !b) return false;
	if (typeOf(a) === "N" && typeOf(b) === "N") return numberOf(a) === numberOf(b);
	return canonical(a) === canonical(b);
};

/** The names of a map have no order, nor have the members of a set. */
const canonical = (value: unknown): string =>
	JSON.stringify(value, (type, inside: unknown) => {
		if (type.length === 2 && type.endsWith("S") && Array.isArray(inside)) return [...inside].sort();
		if (typeof inside !== "object" || inside === null || Array.isArray(inside)) return inside;
		return Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1)));
	});

/** Undefined where DynamoDB does not compare: a value is missing, or the types differ. */
export function compare(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
	if (!a || !b || typeOf(a) !== typeOf(b)) return undefined;
	if ("N" in a) return numberOf(a) - numberOf(b);
	if (!("S" in a)) throw validation(`The embedded DynamoDB compares strings and numbers, not ${typeOf(a)}`);
	return Buffer.compare(Buffer.from(String(a.S)), Buffer.from(String(b.S)));
}

/** What `size` answers. */
export function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
	if (!value) return undefined;
	const content = value[typeOf(value)];
	if ("S" in value) return { N: String(Buffer.byteLength(String(content))) };
	if (Array.isArray(content)) return { N: String(content.length) };
	if ("M" in value) return { N: String(Object.keys(content as object).length) };
	throw validation(`The embedded DynamoDB takes no size of ${typeOf(value)}`);
}

export function contains(whole: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
	if (!whole || !part) return false;
	if ("S" in whole && "S" in part) return String(whole.S).includes(String(part.S));
	if ("L" in whole) return (whole.L as readonly AttributeValue[]).some((one) => isEqual(one, part));
	if ("SS" in whole) return (whole.SS as readonly unknown[]).includes(part.S);
	return false;
}

export function sum(a: AttributeValue | undefined, b: AttributeValue | undefined, sign: 1 | -1): AttributeValue {
	if (!a || !b || !("N" in a) || !("N" in b)) {
		throw validation("An operand in the update expression has an incorrect data type");
	}
	return { N: String(numberOf(a) + sign * numberOf(b)) };
}
