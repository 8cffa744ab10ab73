import { describe, expect, it } from "@jest/globals";
import { isGone } from "../../src/domain/instance.ts";

describe("an instance", () => {
	it.each([
		["pending", false],
		["running", false],
		["stopping", false],
		["stopped", false],
		["shutting-down", true],
		["terminated", true],
	])("that is %s is gone: %s", (state, gone) => {
		expect(isGone({ state })).toBe(gone);
	});

	it("that EC2 does not know is gone", () => {
		expect(isGone(undefined)).toBe(true);
	});
});
