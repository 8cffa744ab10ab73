import { describe, expect, it } from "@jest/globals";
import { withCordonOf } from "../../src/domain/cordon-changes.ts";
import {
	isRestored,
	lateCordonUntil,
	markStays,
	migrationsToCancel,
	remainsOf,
	standsNow,
	takesTooLong,
} from "../../src/domain/restoration.ts";
import { aHook, aLook, aMigration, aNode, aRecord, aVmi, INSTANCE, NOW, ours } from "./builders.ts";

const annotations = { "evacuator.io/maintenance": `${INSTANCE}-1`, "evacuator.io/reason": "kernel", "other.io/x": "y" };
const cordoned = aNode({ unschedulable: true, annotations });
const free = aNode({ unschedulable: false, annotations: {} });
const marked = aVmi("marked", { evacuationNodeName: ours.name });
const elsewhere = aVmi("elsewhere", { evacuationNodeName: "node-b" });
const unmarked = aVmi("unmarked");
const running = { phase: "Running", evacuates: ours.name } as const;

describe("what a drain has left", () => {
	it("is the cordon and the annotations, the marks for this node, and the unfinished migrations that evacuate it", () => {
		const mine = aMigration("marked", { name: "mine", ...running });
		const look = aLook({
			node: cordoned,
			vmis: [marked, elsewhere, unmarked, aVmi("ended", { phase: "Succeeded", evacuationNodeName: ours.name })],
			migrations: [
				mine,
				aMigration("unmarked", { name: "user", phase: "Running" }),
				aMigration("marked", { name: "over", phase: "Failed", evacuates: ours.name }),
				aMigration("unmarked", { name: "done", phase: "Succeeded", evacuates: ours.name }),
				aMigration("elsewhere", { name: "others", phase: "Running", evacuates: "node-b" }),
			],
		});
		expect(remainsOf(look, aRecord(), ours)).toEqual({
			node: cordoned,
			cordon: true,
			annotations: ["evacuator.io/maintenance", "evacuator.io/reason"],
			marked: [marked],
			migrations: [mine],
		});
	});

	it("is nothing that this node has to do with when the Node is gone or another one", () => {
		const { node: _, ...without } = aLook();
		expect(remainsOf(without, aRecord(), ours)).toBe("not ours");
		expect(remainsOf(aLook({ node: aNode({ uid: "another" }) }), aRecord(), ours)).toBe("not ours");
		expect(remainsOf(aLook({ node: aNode({ providerId: "aws:///eu-west-1a/i-0fffffffffffffff0" }) }), aRecord(), ours)).toBe(
			"not ours",
		);
	});

	it.each([
		["nothing", { node: free, vmis: [unmarked] }, true],
		["a cordon that is not ours", { node: aNode({ unschedulable: true, annotations: {} }) }, true],
		["our cordon", { node: cordoned }, false],
		["our annotations", { node: aNode({ unschedulable: false, annotations }) }, false],
		["a mark", { node: free, vmis: [marked] }, false],
		["a migration", { node: free, migrations: [aMigration("unmarked", running)] }, false],
	] as const)("lets the drain end as restored, or not: %s", (_, some, ends) => {
		const remains = remainsOf(aLook({ vmis: [], migrations: [], ...some }), aRecord(), ours);
		expect(remains !== "not ours" && isRestored(remains)).toBe(ends);
	});

	it("is not called off by a migration's deletion while its VMI is marked: KubeVirt would begin another one", () => {
		const [of, gone] = [aMigration("marked", { name: "of", ...running }), aMigration("gone", { name: "gone", ...running })];
		const look = aLook({ node: free, vmis: [marked], migrations: [of, gone] });
		const remains = remainsOf(look, aRecord(), ours);
		if (remains === "not ours") throw new Error("it is ours");
		expect(migrationsToCancel(remains, new Set(), look)).toEqual([gone]);
		expect(migrationsToCancel(remains, new Set([marked.uid]), look)).toEqual([of, gone]);
	});

	it("is a migration that was called off until it has ended, which is not called off again", () => {
		const ending = aMigration("gone", { ...running, deleting: true });
		const look = aLook({ node: free, migrations: [ending] });
		const remains = remainsOf(look, aRecord(), ours);
		if (remains === "not ours") throw new Error("it is ours");
		expect([isRestored(remains), migrationsToCancel(remains, new Set(), look)]).toEqual([false, []]);
	});
});

describe("a cordon that nobody has seen", () => {
	const cancel = { at: NOW, issuedAt: NOW - 5, requestId: "op-1" };

	it("may come until a minute after the cancel, unless Cordon saw its work done", () => {
		const { cordonedAt: _, ...unseen } = aRecord();

		expect(lateCordonUntil({ ...unseen, cancel })).toBe(NOW + 60_000);
		expect(lateCordonUntil({ ...unseen, cordonedAt: NOW - 5, cancel })).toBeUndefined();
		expect(lateCordonUntil(unseen)).toBeUndefined();
	});
});

describe("a cordon", () => {
	const foreign = aRecord({ foreignCordon: true });

	it.each([
		["that nobody of us signed is another's", aRecord(), aNode({ unschedulable: true, annotations: {} }), true],
		[
			"that was signed for another instance is another's",
			aRecord(),
			aNode({ unschedulable: true, annotations: { "evacuator.io/maintenance": "i-0fffffffffffffff0-1" } }),
			true,
		],
		["that an earlier generation signed is ours", aRecord({ generation: 7 }), cordoned, undefined],
		["that was another's stays so when we have signed it", foreign, cordoned, true],
		["that is gone is nobody's", foreign, aNode({ unschedulable: false, annotations }), undefined],
		["of a Node that nobody sees stays what it was", foreign, undefined, true],
	] as const)("%s", (_, record, node, isForeign) => {
		expect(withCordonOf(record, node).foreignCordon).toBe(isForeign);
	});

	it("that is another's is never taken away", () => {
		const remains = remainsOf(aLook({ node: cordoned }), foreign, ours);
		expect(remains).toMatchObject({ cordon: false, annotations: ["evacuator.io/maintenance", "evacuator.io/reason"] });
	});
});

describe("what the one who cancelled is told", () => {
	const vms = [
		{ namespace: "shop", name: "db", uid: "1", fate: { kind: "migrates", why: "" }, outcome: { kind: "migrated", to: "node-b" } },
		{ namespace: "shop", name: "web", uid: "2", fate: { kind: "stops", why: "" }, outcome: { kind: "stopped" } },
		{ namespace: "shop", name: "cache", uid: "3", fate: { kind: "migrates", why: "" } },
	] as const;

	it("is how the node stands, and what cannot be taken back", () => {
		expect(standsNow(free, aRecord({ vms }))).toBe(
			"Node node-a is schedulable, and nothing moves off it any more. Moved before, and not moved back: shop/db. Shut down before: shop/web.",
		);
		expect(standsNow(cordoned, aRecord())).toBe("Node node-a stays cordoned: that cordon is not Evacuator's.");
	});

	it("is what has not been taken back after half an hour", () => {
		const cancelled = aRecord({ cancel: { at: NOW, issuedAt: NOW, requestId: "c" } });
		const told = (look: Parameters<typeof aLook>[0], now: number) => {
			const remains = remainsOf(aLook(look), cancelled, ours);
			return remains === "not ours" ? [] : takesTooLong(remains, cancelled, now);
		};
		const all = { node: cordoned, vmis: [marked], migrations: [aMigration("marked", running)] };

		expect(told(all, NOW + 1_799_999)).toEqual([]);
		expect(told(all, NOW + 1_800_000)).toEqual([
			{
				kind: "stalled",
				about: "node-a",
				says: "The drain of node-a is cancelled, and for more than half an hour this has not been taken back: our cordon, the mark on shop/marked, the migrations shop/move. See whether virt-controller runs and what it says of them.",
			},
		]);
		expect(told({ node: free, migrations: [aMigration("marked", running)] }, NOW + 1_800_000)[0]?.says).toContain(
			"taken back: the migrations shop/move.",
		);
		expect(told({ node: free, vmis: [marked] }, NOW + 1_800_000)[0]?.says).toContain("taken back: the mark on shop/marked.");
		expect(told({ node: free }, NOW + 1_800_000)).toEqual([]);
	});

	it("is not what a hook has kept from being taken back until now", () => {
		const ended = aHook({ lostAt: NOW + 7_200_000 });
		const cancelled = aRecord({ cancel: { at: NOW, issuedAt: NOW, requestId: "c" }, hooks: [ended] });
		const remains = remainsOf(aLook({ node: cordoned }), cancelled, ours);
		if (remains === "not ours") throw new Error("it is ours");
		expect(takesTooLong(remains, cancelled, NOW + 7_200_000 + 1_799_999)).toEqual([]);
		expect(takesTooLong(remains, cancelled, NOW + 7_200_000 + 1_800_000)).toMatchObject([{ kind: "stalled" }]);
	});

	it("is which VMs KubeVirt goes on moving, and why", () => {
		expect(markStays("node-a", [marked], "virt-api is down")).toMatchObject({
			kind: "mark-stays",
			about: "node-a",
			says: expect.stringContaining(`off ${marked.namespace}/marked (virt-api is down); it goes on moving them`),
		});
	});
});
