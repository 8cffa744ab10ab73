import { describe, expect, it } from "@jest/globals";
import type { Trouble } from "../../src/domain/trouble.ts";
import { keptTroubles } from "../../src/domain/trouble-limits.ts";

const blocks = (count: number): readonly Trouble[] =>
	Array.from({ length: count }, (_, index) => ({ kind: "vm-blocks", about: `shop/vm-${index}`, says: "It will not leave." }));
const noRoom = (count: number): readonly Trouble[] =>
	Array.from({ length: count }, (_, index) => ({ kind: "no-room", about: `shop/big-${index}`, says: "It stays for now." }));

describe("the trouble that a record holds", () => {
	it("is all there is, in its own order, while no kind comes more than eight times", () => {
		const [first, ...others] = blocks(8);
		const troubles = [...(first ? [first] : []), ...noRoom(8), ...others];

		expect(keptTroubles(troubles)).toEqual(troubles);
	});

	it("is eight of each kind, and how many more there are of the one that has more", () => {
		const kept = keptTroubles([...blocks(9), ...noRoom(8)]);

		expect(kept).toEqual([
			...blocks(8),
			{
				kind: "vm-blocks",
				about: "others",
				says: "1 more of the same kind (vm-blocks) are not named; they are told as the first ones are mended.",
			},
			...noRoom(8),
		]);
	});

	it("is told in 600 characters each", () => {
		const says = "w".repeat(600);
		const [enough, tooMuch] = [says, `${says}w`].map((text): Trouble => ({ kind: "no-node", about: "node-a", says: text }));

		expect(keptTroubles(enough ? [enough] : [])).toEqual([enough]);
		expect(keptTroubles(tooMuch ? [tooMuch] : [])).toEqual([{ ...tooMuch, says: `${"w".repeat(599)}…` }]);
	});
});
