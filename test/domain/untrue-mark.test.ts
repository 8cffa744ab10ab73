import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { type MarkSeen, whyUntrue } from "../../src/domain/untrue-mark.ts";
import { aLook, aNode, aPod, aRecord, aVmi, ours } from "./builders.ts";

const seen = (some: Omit<MarkSeen, "latest">) => whyUntrue({ latest: aRecord({ state: "released" }), ...some });
const lookedAt = (look: Look) => ({ node: ours, look });

describe("the mark of an instance that was let go", () => {
	it("is true while its Node is cordoned and empty", () => {
		expect(seen({ nodes: [aNode()] })).toBeUndefined();
		expect(seen({ nodes: [aNode()], looks: [lookedAt(aLook())] })).toBeUndefined();
		expect(seen({})).toBeUndefined();
	});

	it("is true where the Node is gone, unless something still names it", () => {
		const { node, ...gone } = aLook();

		expect(seen({ looks: [lookedAt(gone)] })).toBeUndefined();
		expect(seen({ looks: [lookedAt({ ...gone, vmis: [aVmi("db")] })] })).toBe("shop/db: The VMI is Running on this node.");
	});

	it("is not true any more when any of its Nodes takes pods again", () => {
		expect(seen({ nodes: [aNode(), aNode({ name: "node-c", unschedulable: false })] })).toBe("Node node-c takes pods again");
	});

	it("is not true any more when something has come to any of its cordoned Nodes", () => {
		const looks = [lookedAt(aLook()), lookedAt(aLook({ pods: [aPod()] }))];

		expect(seen({ looks })).toMatch(/^shop\/web: The pod is /);
	});
});

it("nobody can say of a mark whose maintenance is unknown, releases just now, or is over otherwise", () => {
	const nodes = [aNode({ unschedulable: false })];

	for (const state of ["releasing", "handed over", "gone"] as const)
		expect(whyUntrue({ latest: aRecord({ state }), nodes })).toBeUndefined();
	expect(whyUntrue({ latest: undefined, nodes })).toBeUndefined();
});

it("the mark of a maintenance that is open again, or was taken back, is not true", () => {
	expect(whyUntrue({ latest: aRecord({ state: "open" }) })).toBe("its maintenance is open");
	expect(whyUntrue({ latest: aRecord({ state: "restored" }) })).toBe("its maintenance is restored");
});
