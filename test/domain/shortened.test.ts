import { expect, it } from "@jest/globals";
import { shortened } from "../../src/domain/shortened.ts";

it("what is short enough is not shortened", () => {
	expect([shortened("four", 4), shortened("fives", 4)]).toEqual(["four", "fiv…"]);
});

it("a cut through a character leaves no half of it", () => {
	expect(shortened("no 🚒 here", 5)).toBe("no \u{fffd}…");
});

it("half a character that somebody else has left is not passed on", () => {
	expect(shortened("a \ud83d", 10)).toBe("a \u{fffd}");
});
