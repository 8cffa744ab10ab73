import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { borrowAddresses } from "./borrowed-addresses.ts";
import type { Machine } from "./find-ground.ts";

let cache: string;
beforeEach(() => {
	cache = mkdtempSync(join(tmpdir(), "evacuator-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

/** A machine whose `lo` has these addresses. */
function machine(there: readonly string[]): { readonly machine: Machine; readonly lo: Set<string> } {
	const lo = new Set(there);
	const done = { code: 0, stderr: "", absent: false };
	const run: Machine["run"] = (_, [, verb, address = ""]) => {
		const changed = verb === "add" ? !lo.has(address) && lo.add(address) : lo.delete(address);
		return changed ? done : { ...done, code: 2, stderr: "RTNETLINK answers: File exists" };
	};
	return { machine: { platform: "linux", root: true, run }, lo };
}

describe("addresses borrowed from this machine's lo", () => {
	it("are given back, and those of others stay", () => {
		const { machine: here, lo } = machine(["127.0.0.1/8", "10.250.0.11/32"]);

		const borrowed = borrowAddresses(cache, here);
		const meanwhile = [...lo].sort();
		borrowed.giveBack();

		expect({ meanwhile, afterwards: [...lo], files: readdirSync(cache) }).toEqual({
			meanwhile: ["10.250.0.1/32", "10.250.0.10/32", "10.250.0.11/32", "10.250.0.12/32", "127.0.0.1/8"],
			afterwards: ["127.0.0.1/8", "10.250.0.11/32"],
			files: [],
		});
	});

	it("are given back by the next run, when this one was killed", () => {
		const { machine: here, lo } = machine(["127.0.0.1/8"]);
		borrowAddresses(cache, here);

		borrowAddresses(cache, here).giveBack();

		expect([...lo]).toEqual(["127.0.0.1/8"]);
	});
});
