import * as z from "zod";
import type { Resources } from "../../../domain/look.ts";

/** Dividing by a whole number keeps `100m` equal to 0.1; multiplying by a fraction does not. */
const DIVISORS: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };

const FACTORS: Readonly<Record<string, number>> = {
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	P: 1e15,
	E: 1e18,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60,
};

const FORM = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * A quantity in base units: cores, bytes, pieces. Undefined when it is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
	const [, digits, exponent, suffix = ""] = FORM.exec(text) ?? [];
	if (digits === undefined) return undefined;
	if (exponent !== undefined) return Number(`${digits}e${exponent}`);
	return (Number(digits) * (FACTORS[suffix] ?? 1)) / (DIVISORS[suffix] ?? 1);
}

/** A quantity in base units; custom resources may hold a bare integer. */
export const quantity = z.union([z.number(), z.string()]).transform((value, context) => {
	const amount = typeof value === "number" ? value : parseQuantity(value);
	if (amount !== undefined && Number.isFinite(amount)) return amount;
	context.addIssue(`is not a quantity: ${value}`);
	return z.NEVER;
});

/** A map of quantities; empty where the API leaves it out. */
export const resources = z
	.record(z.string(), quantity)
	.nullish()
	.transform((map): Resources => map ?? {});
