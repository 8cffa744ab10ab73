import { describe, expect, it } from "@jest/globals";
import { withCordon, withCordonOf, withNode, withoutCordon } from "../../src/domain/cordon-changes.ts";
import { withBeat, withHookCompleted, withHookLost } from "../../src/domain/hook-changes.ts";
import { isClosed, keyOf, withRefusals, withRestored, withTrouble, withWoken } from "../../src/domain/record-changes.ts";
import { mergeRequest, openRecord } from "../../src/domain/record-requests.ts";
import { withMark, withoutMark, withReleased, withReleasing } from "../../src/domain/release-changes.ts";
import type { MaintenanceRequest } from "../../src/domain/request.ts";
import { withStories } from "../../src/domain/story-changes.ts";
import { withSurvey } from "../../src/domain/survey.ts";
import { aHook, aNode, aRecord, aRequest, INSTANCE, NOW, ours } from "./builders.ts";

const { cordonedAt, ...uncordoned } = aRecord();
const refusal = { count: 1, nextAt: NOW, why: "budget" };

describe("a record remembers", () => {
	it.each([
		["when heartbeats went out", withBeat, { lastBeatAt: NOW }],
		["when the node became cordoned", withCordon, { cordonedAt: NOW }],
		["when the surroundings were read", withSurvey, { surveyedAt: NOW }],
		["when the instance was marked", withMark, { markedAt: NOW }],
	])("%s", (_, remember, expected) => {
		expect(remember(aRecord(), NOW)).toEqual({ ...aRecord(), ...expected });
	});

	it("the stories and the trouble of the last look", () => {
		const vms = [{ namespace: "shop", name: "db", uid: "db-vmi", fate: { kind: "stops", why: "it is Manual" } }] as const;
		const trouble = [{ kind: "no-room", about: "shop/db", says: "No room." }] as const;

		expect(withStories(aRecord(), vms)).toEqual({ ...aRecord(), vms });
		expect(withTrouble(aRecord(), trouble)).toEqual({ ...aRecord(), trouble });
	});

	it("the VM nodes that a survey has seen, for as long as no later one sees others", () => {
		const [first, second] = [4, 5].map((count) => ({ count, leaving: [], hasOurs: true }));
		const surveyed = withSurvey(aRecord(), NOW, first);

		expect(surveyed).toEqual({ ...aRecord(), surveyedAt: NOW, vmNodes: first });
		expect(withSurvey(surveyed, NOW + 1)).toStrictEqual({ ...surveyed, surveyedAt: NOW + 1 });
		expect(withSurvey(surveyed, NOW + 1, second).vmNodes).toEqual(second);
	});

	it("whose cordon it is, and is not written again for it", () => {
		const [foreign, cordoned] = [aRecord({ foreignCordon: true }), aNode()];
		const record = aRecord();

		expect(withCordonOf(record, cordoned)).toEqual(foreign);
		expect(withCordonOf(foreign, cordoned)).toBe(foreign);
		expect(withCordonOf(foreign, aNode({ unschedulable: false }))).toStrictEqual(record);
		expect(withCordonOf(record, aNode({ unschedulable: false }))).toBe(record);
		expect(withCordonOf(record, undefined)).toBe(record);
	});

	it("that an order came, while it is not closed", () => {
		const gone = aRecord({ state: "gone" });

		expect(withWoken(aRecord({ orders: 2 }))).toEqual(aRecord({ orders: 3 }));
		expect(withWoken(gone)).toBe(gone);
	});

	it("a node that it did not know, or that is another one now", () => {
		const { node, ...fresh } = uncordoned;
		const others = [{ name: "node-b" }, { uid: "other" }, { providerId: "aws:///eu-west-1b/i-0a1b2c3d" }];

		expect(withNode(fresh, { ...ours })).toEqual(uncordoned);
		for (const some of others) {
			expect(withNode(aRecord(), { ...ours, ...some })).toEqual({ ...uncordoned, node: { ...ours, ...some } });
		}
	});

	it("the first answer to a hook", () => {
		const lost = withHookLost(aRecord(), "token-1", NOW);
		const completed = withHookCompleted(aRecord(), "token-1", NOW);

		expect(withHookLost(lost, "token-1", NOW + 1)).toBe(lost);
		expect(withHookCompleted(completed, "token-1", NOW + 1)).toBe(completed);
		expect(withHookLost(completed, "token-1", NOW + 1)).toBe(completed);
	});

	it("each refusal that is new, and drops each pod that is gone", () => {
		const record = aRecord({ refusals: { "a-uid": refusal, "b-uid": refusal } });
		const again = { ...refusal, count: 2 };

		expect(withRefusals(record, { "b-uid": again }, ["a-uid", "b-uid"]).refusals).toEqual({
			"a-uid": refusal,
			"b-uid": again,
		});
		expect(withRefusals(record, {}, ["a-uid"]).refusals).toEqual({ "a-uid": refusal });
	});
});

describe("a record forgets", () => {
	it("the cordon that somebody took back, and the mark that was revoked", () => {
		const marked = aRecord({ markedAt: NOW });

		expect(withoutCordon(aRecord())).toStrictEqual(uncordoned);
		expect(withoutCordon(uncordoned)).toBe(uncordoned);
		expect(withoutMark(marked)).toStrictEqual(aRecord());
		expect(withoutMark(uncordoned)).toBe(uncordoned);
	});
});

describe("a drain that was taken back", () => {
	it("is closed, with nothing left and no trouble", () => {
		const trouble = [{ kind: "no-room", about: "shop/db", says: "No room." }] as const;
		const held = aRecord({ trouble, left: { vms: 1, pods: 2, changedAt: NOW - 1 } });

		expect(withRestored(held, NOW)).toStrictEqual({ ...aRecord(), state: "restored", closedAt: NOW });
	});
});

describe("a turn of Release", () => {
	const releasing = withReleasing(aRecord(), "turn-1", ["token-1"], NOW);

	it("may let go while the tokens that it wrote are all that are open, answered or not", () => {
		expect(withReleased(releasing, "turn-1", NOW + 1)?.state).toBe("released");
		expect(withReleased({ ...releasing, markedAt: NOW }, "turn-1", NOW + 1)?.markedAt).toBe(NOW);
	});

	it("may not let go when its generation was handed over meanwhile", () => {
		expect(withReleased({ ...releasing, state: "handed over" }, "turn-1", NOW + 1)).toBeUndefined();
	});

	it("has not closed the record, nor has it been closed by being opened", () => {
		const states = ["open", "releasing", "released", "gone", "handed over"] as const;

		expect(states.filter((state) => isClosed(aRecord({ state })))).toEqual(["released", "gone", "handed over"]);
	});
});

describe("the key of a record", () => {
	it("is the instance and the generation, and nothing else of it", () => {
		expect(keyOf(aRecord())).toStrictEqual({ instanceId: INSTANCE, generation: 1 });
	});
});

describe("a request", () => {
	it("that names no deadline leaves the record without one", () => {
		expect(openRecord(aRequest(), 1, NOW)).not.toHaveProperty("deadline");
		expect(mergeRequest(aRecord(), aRequest({ requestId: "event-2" }))).not.toHaveProperty("deadline");
	});

	it("wakes Hold with a token or a leave that is new, and with any order", () => {
		const { hook, ...without } = aRequest({ requestId: "event-2" });
		const orders = (request: MaintenanceRequest) => mergeRequest(aRecord(), request).orders;

		expect(orders(without)).toBe(0);
		expect(orders({ ...without, hook: aHook({ token: "token-2" }) })).toBe(1);
		expect(orders({ ...without, mayEnd: ["shop/db"] })).toBe(1);
		expect(orders({ ...without, source: "order" })).toBe(1);
	});

	it("leaves the record with the instant at which the newest of all was issued", () => {
		const issued = (requestId: string, issuedAt: number) => aRequest({ requestId, issuedAt });
		const first = openRecord(issued("event-1", 2_000), 1, NOW);
		const requestedAt = (issuedAt: number) => mergeRequest(first, issued("event-2", issuedAt)).requestedAt;

		expect([first.requestedAt, requestedAt(1_000), requestedAt(3_000)]).toEqual([2_000, 2_000, 3_000]);
		expect(openRecord(aRequest(), 1, NOW)).not.toHaveProperty("requestedAt");
	});

	it("with another token of a hook that waits adds it", () => {
		const second = aHook({ token: "token-2", limitAt: NOW + 1 });

		expect(mergeRequest(aRecord(), aRequest({ requestId: "event-2", hook: second })).hooks).toEqual([aHook(), second]);
	});

	it("with a token that the record knows among others adds no hook", () => {
		const hooks = [aHook(), aHook({ token: "token-2" })];

		expect(mergeRequest(aRecord({ hooks }), aRequest({ requestId: "event-2" })).hooks).toBe(hooks);
	});
});
