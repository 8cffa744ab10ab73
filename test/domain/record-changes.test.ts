import { describe, expect, it } from "@jest/globals";
import { withNode } from "../../src/domain/cordon-changes.ts";
import { openTokens, withHookCompleted, withHookLost } from "../../src/domain/hook-changes.ts";
import { isClosed, withGone, withHeld, withRefusals, withTrouble } from "../../src/domain/record-changes.ts";
import { mergeRequest, openRecord } from "../../src/domain/record-requests.ts";
import { withMark, withReleased, withReleasing, withReopened } from "../../src/domain/release-changes.ts";
import { withStories } from "../../src/domain/story-changes.ts";
import { aHook, aRecord, aRequest, NOW, ours } from "./builders.ts";

describe("opening a record", () => {
	it("takes over what the request says", () => {
		expect(openRecord(aRequest({ deadline: NOW + 1, mayEnd: ["shop/db"] }), 2, NOW)).toEqual({
			instanceId: ours.providerId.split("/").at(-1),
			generation: 2,
			version: 1,
			cluster: "blue",
			state: "open",
			openedAt: NOW,
			requests: ["event-1"],
			reason: "scale-in",
			deadline: NOW + 1,
			hooks: [aHook()],
			beatSeconds: 900,
			lastBeatAt: NOW,
			orders: 0,
			mayEnd: ["shop/db"],
			vms: [],
			refusals: {},
			trouble: [],
		});
	});

	it("has no hook for an order without one", () => {
		const { hook, ...order } = aRequest({ source: "order" });

		expect(openRecord(order, 1, NOW).hooks).toEqual([]);
	});
});

describe("merging a request", () => {
	it("adds its token, its leave and its id, keeps the earlier deadline, and wakes Hold", () => {
		const record = aRecord({ deadline: NOW + 5_000, mayEnd: ["shop/db"] });
		const second = aHook({ hook: "other", token: "token-2", timeoutSeconds: 300 });

		const merged = mergeRequest(
			record,
			aRequest({ requestId: "event-2", hook: second, deadline: NOW + 1_000, mayEnd: ["shop/db", "shop/web"] }),
		);

		expect(merged).toEqual({
			...record,
			requests: ["event-1", "event-2"],
			hooks: [aHook(), second],
			beatSeconds: 100,
			deadline: NOW + 1_000,
			mayEnd: ["shop/db", "shop/web"],
			orders: 1,
		});
	});

	it("that is urgent makes the maintenance so, and wakes Hold; none that follows takes that back", () => {
		const record = aRecord();
		const urgent = mergeRequest(record, aRequest({ requestId: "event-2", urgent: true }));

		expect(urgent).toEqual({ ...record, requests: ["event-1", "event-2"], urgent: true, orders: 1 });
		expect(mergeRequest(urgent, aRequest({ requestId: "event-3" })).urgent).toBe(true);
		expect(openRecord(aRequest({ urgent: true }), 1, NOW).urgent).toBe(true);
	});

	it("changes nothing when it was merged before", () => {
		const record = aRecord();

		expect(mergeRequest(record, aRequest({ mayEnd: ["shop/db"] }))).toBe(record);
	});

	it("knows a token that has come the other way, and does not wake Hold for it", () => {
		const record = aRecord();

		const merged = mergeRequest(record, aRequest({ requestId: "notification-1", source: "lifecycle-notification" }));

		expect(merged).toEqual({ ...record, requests: ["event-1", "notification-1"] });
	});

	it("keeps the deadline that is there when it has a later one or none", () => {
		const record = aRecord({ deadline: NOW + 1_000 });

		expect(mergeRequest(record, aRequest({ requestId: "event-2" })).deadline).toBe(NOW + 1_000);
		expect(mergeRequest(record, aRequest({ requestId: "event-2", deadline: NOW + 2_000 })).deadline).toBe(NOW + 1_000);
	});

	it("wakes Hold for every order", () => {
		const { hook, ...order } = aRequest({ requestId: "order-1", source: "order" });

		expect(mergeRequest(aRecord(), order).orders).toBe(1);
	});
});

describe("a hook", () => {
	const two = aRecord({ hooks: [aHook(), aHook({ token: "token-2", timeoutSeconds: 300 })], beatSeconds: 100 });

	it("that is lost is not beaten for any more", () => {
		expect(withHookLost(two, "token-2", NOW)).toEqual({
			...two,
			hooks: [aHook(), aHook({ token: "token-2", timeoutSeconds: 300, lostAt: NOW })],
			beatSeconds: 900,
		});
	});

	it("that we completed is not lost when AWS does not know it any more", () => {
		const completed = withHookCompleted(two, "token-2", NOW);

		expect(withHookLost(completed, "token-2", NOW + 1)).toBe(completed);
		expect(openTokens(completed)).toEqual(["token-1"]);
	});

	it("that nobody knows changes nothing", () => {
		expect(withHookLost(two, "token-9", NOW)).toBe(two);
	});
});

describe("a release", () => {
	const releasing = withReleasing(aRecord(), "turn-1", ["token-1"], NOW);

	it("is announced with its turn and its tokens", () => {
		expect(releasing).toEqual({
			...aRecord(),
			state: "releasing",
			releasing: { turn: "turn-1", at: NOW, tokens: ["token-1"] },
		});
	});

	it("is done by the turn that announced it", () => {
		const completed = withHookCompleted(releasing, "token-1", NOW);

		expect(withReleased(completed, "turn-1", NOW + 1)).toEqual({
			...completed,
			state: "released",
			closedAt: NOW + 1,
			markedAt: NOW + 1,
		});
	});

	it("is not done by another turn, nor when it was not announced", () => {
		expect(withReleased(releasing, "turn-2", NOW)).toBeUndefined();
		expect(withReleased(aRecord(), "turn-1", NOW)).toBeUndefined();
	});

	it("is not done when a token has come meanwhile", () => {
		const later = mergeRequest(releasing, aRequest({ requestId: "event-2", hook: aHook({ token: "token-2" }) }));

		expect(withReleased(later, "turn-1", NOW)).toBeUndefined();
	});

	it("that let go of nothing opens the maintenance again", () => {
		expect(withReopened(releasing)).toEqual(aRecord());
		expect(withHeld(releasing, [])).toEqual(aRecord());
		expect(withReopened(aRecord({ state: "released" })).state).toBe("released");
	});
});

describe("a record", () => {
	it("forgets the cordon of a node that is not its own any more", () => {
		const { cordonedAt, ...record } = aRecord();
		const other = { ...ours, uid: "other" };

		expect(withNode(aRecord(), other)).toEqual({ ...record, node: other });
	});

	it("remembers refusals of pods that are still there", () => {
		const refusal = { count: 1, nextAt: NOW, why: "budget" };
		const record = aRecord({ refusals: { "gone-uid": refusal } });

		expect(withRefusals(record, { "web-uid": refusal }, ["web-uid"])).toEqual({
			...record,
			refusals: { "web-uid": refusal },
		});
	});

	it("keeps the later of two refusals, whoever writes last", () => {
		const later = { count: 3, nextAt: NOW + 20_000, why: "budget" };
		const record = aRecord({ refusals: { "web-uid": later } });
		const refused = { "web-uid": { count: 1, nextAt: NOW + 5_000, why: "budget" } };

		expect(withRefusals(record, refused, ["web-uid"])).toBe(record);
		expect(withRefusals(aRecord({ refusals: refused }), { "web-uid": later }, ["web-uid"])).toEqual(record);
	});

	it("stays the very same when there is nothing to write", () => {
		const trouble = [{ kind: "no-room", about: "shop/db", says: "No room." }] as const;
		const record = aRecord({ trouble, refusals: { "web-uid": { count: 1, nextAt: NOW, why: "budget" } } });

		expect(withNode(record, ours)).toBe(record);
		expect(withRefusals(record, {}, ["web-uid"])).toBe(record);
		expect(withTrouble(record, [...trouble])).toBe(record);
		expect(withStories(record, record.vms)).toBe(record);
		expect(withReopened(record)).toBe(record);
	});

	it("ends once", () => {
		const gone = withGone(aRecord(), NOW);

		expect(gone).toEqual({ ...aRecord(), state: "gone", closedAt: NOW });
		expect(withGone(gone, NOW + 1)).toBe(gone);
		expect([aRecord(), gone].map(isClosed)).toEqual([false, true]);
	});

	it("is released where the release had marked it, and died before it could say so", () => {
		const claimed = withReleasing(aRecord(), "turn", ["token"], NOW);

		expect(withGone(claimed, NOW).state).toBe("gone");
		expect(withGone(withMark(claimed, NOW), NOW)).toMatchObject({ state: "released", closedAt: NOW });
		expect(withGone(withMark(aRecord(), NOW), NOW).state).toBe("gone");
	});
});
