import { describe, expect, it } from "@jest/globals";
import type { Fault, FaultKind } from "./fault.ts";
import { type Plan, planOf } from "./plan.ts";
import { replayOf } from "./report.ts";
import { partOf, shrink, whole } from "./smaller.ts";

const faultOf = (kind: FaultKind): Fault => ({ kind, at: { on: "time", seconds: 1 }, seconds: 1, times: 1, choice: 0 });
const kinds = ["API 500", "crash between two effects", "API 429", "watch cut", "clock skew"] as const;
const plan: Plan = {
	seed: 5,
	world: { ...planOf(5).world, pods: 2, neighbour: true, retain: true, others: 2, secondHook: "told" },
	faults: kinds.map(faultOf),
	patient: false,
};
const has = ({ faults }: Plan, kind: FaultKind): boolean => faults.some((fault) => fault.kind === kind);

describe("a plan that fails", () => {
	it("is shrunk to the fewest faults that still fail, and then to the smallest world", async () => {
		const needsTwo = async (smaller: Plan) =>
			has(smaller, "crash between two effects") && has(smaller, "watch cut") && smaller.world.pods > 0;
		const part = await shrink(plan, needsTwo);

		expect(part.faults).toEqual([2, 4]);
		expect(part.without).toEqual(expect.arrayContaining(["neighbour", "second-hook", "retention", "node", "vm-0"]));
		expect(part.without).not.toContain("pods");
		expect(await needsTwo(partOf(plan, part))).toBe(true);
		expect(replayOf(5, { faults: [2, 4], without: ["neighbour"] })).toBe(
			"npm run test:faults -- --seed 5 --faults 2,4 --without neighbour",
		);
	});

	it("stays as it is where nothing of it can go", async () => {
		const needsAll = async (smaller: Plan) => JSON.stringify(smaller) === JSON.stringify(plan);
		expect(await shrink(plan, needsAll)).toEqual(whole(plan));
	});

	it("cannot be shrunk by a name that means nothing", () => {
		expect(() => partOf(plan, { faults: [1], without: ["luck"] })).toThrow(
			"cannot leave out luck: what can be left out is pods, neighbour, second-hook, retention, node, vm-0, vm-1, vm-2, vm-3",
		);
	});
});
