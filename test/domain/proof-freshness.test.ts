import { describe, expect, it } from "@jest/globals";
import { isFresh } from "../../src/domain/proof-freshness.ts";
import { aLook, NOW } from "./builders.ts";

describe("a look", () => {
	it("carries an act of release for ten seconds from when it began", () => {
		expect([0, 10_000, 10_001].map((passed) => isFresh(aLook(), NOW + passed))).toEqual([true, true, false]);
	});
});
