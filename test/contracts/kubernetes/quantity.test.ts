import { describe, expect, it } from "@jest/globals";
import { parseQuantity } from "../../../src/adapters/kubernetes/facts/quantity.ts";

describe("a quantity", () => {
	it.each([
		["16", 16],
		["100m", 0.1],
		["1500m", 1.5],
		["250000n", 0.00025],
		["50M", 50_000_000],
		["780Mi", 780 * 2 ** 20],
		["0.5Gi", 2 ** 29],
		["1e3", 1000],
		["12E", 12e18],
		["12E2", 1200],
		["1Ei", 2 ** 60],
		["-1", -1],
		[".5", 0.5],
		["0", 0],
	])("%s is %d", (text, amount) => {
		expect(parseQuantity(text)).toBe(amount);
	});

	it.each(["", "m", "1mi", "1 Gi", "ten", "1e", "1Gi2", "0x10", "1e9999", "Infinity"])("%j is none", (text) => {
		expect(parseQuantity(text)).toBeUndefined();
	});
});
