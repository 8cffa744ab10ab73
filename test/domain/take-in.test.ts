import { describe, expect, it } from "@jest/globals";
import { withHandedOver } from "../../src/domain/generations.ts";
import { openTokens, withHookCompleted, withHookLost } from "../../src/domain/hook-changes.ts";
import { mergeRequest, openRecord } from "../../src/domain/record-requests.ts";
import { isUnheard } from "../../src/domain/take-in.ts";
import { aHook, aRecord, aRequest, NOW } from "./builders.ts";

const { token, ...tokenless } = aHook();
const record = aRecord();

describe("a hook that an instance waits for", () => {
	it.each([
		["is unheard of without a record", undefined, true],
		["is known while the record keeps it alive", record, false],
		["is known when the record was handed over", withHandedOver(record, NOW), false],
		["is known when we completed it", { ...withHookCompleted(record, "token-1", NOW), state: "released" as const }, false],
		["is known when AWS had lost it", withHookLost(record, "token-1", NOW), false],
		["is unheard of when the record has ended without an answer to it", aRecord({ state: "restored" }), true],
		["is unheard of when the record has other hooks", aRecord({ hooks: [aHook({ hook: "another" })] }), true],
		["is unheard of after an order without hooks", aRecord({ hooks: [], state: "released" }), true],
	])("%s", (_, latest, unheard) => {
		expect(isUnheard(latest, tokenless)).toBe(unheard);
	});
});

describe("an action without a token", () => {
	const taken = aRequest({ requestId: "sweep:1", source: "sweep", hook: tokenless });
	const open = openRecord(taken, 1, NOW);

	it("gets its token and its limit from the event that comes late, and Hold notices", () => {
		const late = aHook({ limitAt: NOW + 1 });
		const merged = mergeRequest(open, aRequest({ requestId: "event-9", hook: late, deadline: NOW + 1 }));

		expect(merged).toMatchObject({ hooks: [late], requests: ["sweep:1", "event-9"], orders: 1, deadline: NOW + 1 });
		expect(mergeRequest(merged, aRequest({ requestId: "event-10", hook: late })).hooks).toBe(merged.hooks);
	});

	it("is not added where the action with its token waits already, but where another one does", () => {
		const others = aRecord({ hooks: [aHook({ hook: "another" })] });

		expect(mergeRequest(record, taken).hooks).toBe(record.hooks);
		expect(mergeRequest(others, taken).hooks).toEqual([...others.hooks, tokenless]);
	});

	it("is marked by its name, also when its token has come meanwhile", () => {
		const completed = { ...tokenless, completedAt: NOW };
		expect(withHookCompleted(open, "workers/drain", NOW).hooks).toEqual([completed]);
		expect(withHookCompleted(record, "workers/drain", NOW).hooks).toEqual([{ ...completed, token }]);
		expect(openTokens(open)).toEqual(["workers/drain"]);
	});

	it("that was completed is what a late event is about, which is nothing new then", () => {
		const done = withHookCompleted(open, "workers/drain", NOW);
		expect(mergeRequest(done, aRequest({ requestId: "event-9" }))).toBe(done);

		const two = { ...done, hooks: [aHook({ hook: "another", token: "token-2" }), ...done.hooks] };
		expect(mergeRequest(two, aRequest({ requestId: "event-9" }))).toBe(two);

		const lost = withHookLost(open, "workers/drain", NOW);
		expect(mergeRequest(lost, aRequest({ requestId: "event-9" })).hooks).toEqual([...lost.hooks, aHook()]);
	});
});

describe("an action that was completed", () => {
	const done = withHookCompleted(openRecord(aRequest({ hook: tokenless }), 1, NOW), "workers/drain", NOW);
	const known = withHookCompleted(record, "token-1", NOW);

	it.each([
		["another hook", done, aHook({ hook: "another" })],
		["the same hook, when it was completed by its token", known, aHook({ token: "token-2" })],
	])("is not what an event of %s is about", (_, before, hook) => {
		expect(mergeRequest(before, aRequest({ requestId: "event-9", hook })).hooks).toEqual([...before.hooks, hook]);
	});

	it("has nothing to do with an order without a hook", () => {
		const { hook, ...order } = aRequest({ requestId: "order-1", source: "order" });

		expect(mergeRequest(done, order)).toEqual({ ...done, requests: ["event-1", "order-1"], orders: 1 });
	});
});
