import { expect, it } from "@jest/globals";
import { mergePatch } from "./merge-patch.ts";

it("a merge patch holds what differs: changed and new fields, null for those that went, and lists as a whole", () => {
	const before = { same: { a: [1] }, metadata: { labels: { keep: "1", drop: "2" } }, list: [{ a: 1 }, { b: 2 }], gone: true };
	const after = { same: { a: [1] }, metadata: { labels: { keep: "1", add: "3" } }, list: [{ a: 1 }], added: { x: 1 } };
	expect(mergePatch(before, after)).toEqual({
		metadata: { labels: { drop: null, add: "3" } },
		list: [{ a: 1 }],
		gone: null,
		added: { x: 1 },
	});
	expect(mergePatch(before, structuredClone(before))).toEqual({});
	expect(mergePatch({ a: undefined }, { a: undefined })).toEqual({ a: null });
});
