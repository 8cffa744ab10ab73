import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { whyUntrue } from "../../src/domain/untrue-mark.ts";
import { aLook, aNode, aPod, aRecord, aVmi } from "./builders.ts";

const released = aRecord({ state: "released" });
const seen = (look: Partial<Look>) => whyUntrue({ latest: released, look: aLook(look) });

describe("the mark of an instance that was let go", () => {
	it("is true while its Node is cordoned and empty, and when the Node is gone", () => {
		const { node, ...gone } = aLook();

		expect(seen({})).toBeUndefined();
		expect(whyUntrue({ latest: released })).toBeUndefined();
		expect(whyUntrue({ latest: released, look: gone })).toBeUndefined();
	});

	it("is not true any more when the Node takes pods again", () => {
		expect(seen({ node: aNode({ unschedulable: false }) })).toBe("Node node-a takes pods again");
	});

	it("is not true any more when something has come to the cordoned Node", () => {
		expect(seen({ vmis: [aVmi("db")] })).toBe("shop/db is on Node node-a: The VMI is Running on this node.");
		expect(seen({ pods: [aPod()] })).toMatch(/^shop\/\S+ is on Node node-a: /);
	});
});

it("nobody can say of a mark whose maintenance is unknown, releases just now, or is over otherwise", () => {
	for (const state of ["releasing", "handed over", "gone"] as const)
		expect(whyUntrue({ latest: aRecord({ state }), look: aLook({ vmis: [aVmi("db")] }) })).toBeUndefined();
	expect(whyUntrue({ latest: undefined })).toBeUndefined();
});

it("the mark of a maintenance that is open again, or was taken back, is not true", () => {
	expect(whyUntrue({ latest: aRecord({ state: "open" }) })).toBe("its maintenance is open");
	expect(whyUntrue({ latest: aRecord({ state: "restored" }) })).toBe("its maintenance is restored");
});
