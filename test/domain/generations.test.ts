import { describe, expect, it } from "@jest/globals";
import { isEnded, nextGeneration, withContinued, withHandedOver } from "../../src/domain/generations.ts";
import { executionName } from "../../src/domain/record.ts";
import { withReleasing } from "../../src/domain/release-changes.ts";
import { aRecord, INSTANCE, NOW } from "./builders.ts";

describe("a generation", () => {
	const before = aRecord({ generation: 2, version: 9, mayEnd: ["shop/db"], orders: 3 });

	it("that is handed over is closed", () => {
		expect(withHandedOver(before, NOW)).toEqual({ ...before, state: "handed over", closedAt: NOW });
	});

	it("goes on where the last one ended, open and anew", () => {
		expect(nextGeneration(withHandedOver(before, NOW), NOW + 1)).toEqual({
			...before,
			generation: 3,
			version: 1,
			state: "open",
			openedAt: NOW + 1,
		});
	});

	it("has a mark to revoke where a release was under way", () => {
		const releasing = withReleasing(before, "turn-1", ["token-1"], NOW);
		const next = { ...before, generation: 3, version: 1, openedAt: NOW + 2 };

		expect(nextGeneration(releasing, NOW + 2)).toEqual({ ...next, markedAt: NOW + 2 });
		expect(nextGeneration({ ...releasing, markedAt: NOW + 1 }, NOW + 2)).toEqual({ ...next, markedAt: NOW + 1 });
	});

	it("ends the maintenance when the instance is released or gone or the drain taken back, and not when it is handed over", () => {
		const states = ["open", "releasing", "handed over", "released", "gone", "restored"] as const;

		expect(states.filter((state) => isEnded(aRecord({ state })))).toEqual(["released", "gone", "restored"]);
	});

	it("that was handed over says once which one goes on, and no other says so", () => {
		const handedOver = withHandedOver(before, NOW);
		const continued = withContinued(handedOver, 3);

		expect(continued).toEqual({ ...handedOver, continuedAs: 3 });
		expect(withContinued(continued, 4)).toBe(continued);
		expect(withContinued(before, 3)).toBe(before);
	});

	it("has an execution of its own name", () => {
		expect(executionName(before)).toBe(`${INSTANCE}-2`);
	});
});
