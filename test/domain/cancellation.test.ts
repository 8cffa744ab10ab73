import { describe, expect, it } from "@jest/globals";
import {
	cancelHeld,
	isCalledOff,
	isToBeRestored,
	tombstone,
	whenCancelled,
	withCancel,
	withTombstone,
} from "../../src/domain/cancellation.ts";
import { afterAssess, duringWatch } from "../../src/domain/next-step.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { Cancel } from "../../src/domain/record.ts";
import { mergeRequest } from "../../src/domain/record-requests.ts";
import { troublesOf } from "../../src/domain/trouble-of.ts";
import { aHook, aLook, aRecord, aRequest, aVmi, INSTANCE, NOW } from "./builders.ts";

const cancel: Cancel = { at: NOW, issuedAt: NOW - 5_000, requestId: "chg-2", by: "alice", reason: "wrong host" };
const cancelled = (some: Parameters<typeof aRecord>[0] = {}) => aRecord({ cancel, cancelledUntil: cancel.issuedAt, ...some });
const ended = aHook({ lostAt: NOW });

describe("a cancel", () => {
	it("takes away what orders allowed and wanted, keeps what hooks want, and is noticed by Hold", () => {
		const limitAt = NOW + 3_600_000;
		const record = aRecord({ orders: 2, mayEnd: ["shop/db"], deadline: NOW + 1, hooks: [aHook({ limitAt })] });
		expect(withCancel(record, cancel)).toEqual({
			...record,
			cancel,
			cancelledUntil: cancel.issuedAt,
			mayEnd: [],
			orders: 3,
			deadline: limitAt,
		});
		const { deadline, ...without } = withCancel(aRecord({ hooks: [], deadline: NOW + 1 }), cancel);
		expect([deadline, without.cancel]).toEqual([undefined, cancel]);
	});

	it("calls off every order that is not newer, and an older cancel does not call back any", () => {
		const record = withTombstone(aRecord(), 1_000);
		expect([999, 1_000, 1_001].map((at) => isCalledOff(record, at))).toEqual([true, true, false]);
		expect(withTombstone(record, 500)).toBe(record);
		expect(isCalledOff(aRecord(), 0)).toBe(false);
	});

	it("leaves a closed record where there is none", () => {
		expect(tombstone({ instanceId: INSTANCE, cluster: "blue" }, cancel, NOW)).toMatchObject({
			instanceId: INSTANCE,
			generation: 1,
			state: "restored",
			requests: [],
			cancelledUntil: cancel.issuedAt,
		});
	});
});

describe("a request that is merged into a cancelled record", () => {
	const newer = { requestId: "chg-3", source: "order", issuedAt: cancel.issuedAt + 1 } as const;

	it("takes the drain up again when it is newer, and older orders stay called off", () => {
		const record = mergeRequest(cancelled(), aRequest(newer));
		expect([record.cancel, record.cancelledUntil, record.orders, record.requestedAt]).toEqual([
			undefined,
			cancel.issuedAt,
			1,
			newer.issuedAt,
		]);
	});

	it.each([{ issuedAt: cancel.issuedAt }, {}])("leaves it cancelled when it is not: %j", (age) => {
		const { issuedAt: _, ...undated } = newer;
		expect(mergeRequest(cancelled(), aRequest({ ...undated, ...age })).cancel).toEqual(cancel);
	});
});

describe("a step that finds its drain cancelled", () => {
	it.each([
		["holds while a hook waits", {}, "hold"],
		["lets Release take the mark off while a hook waits", { markedAt: NOW }, "release"],
		["goes to Restore without a hook", { hooks: [] }, "restore"],
		["lets Assess see whether AWS takes the instance when its hooks have ended", { hooks: [ended] }, "assess"],
	] as const)("%s", (_, some, next) => {
		expect(whenCancelled(cancelled(some))?.next).toBe(next);
		expect(afterAssess(aLook(), cancelled(some), strictPolicy, NOW).next).toBe(next);
		expect(duringWatch(aLook({ vmis: [aVmi("db")] }), cancelled(some), strictPolicy, NOW).next).toBe(next);
	});

	it("goes its way while it is not", () => {
		expect(whenCancelled(aRecord())).toBeUndefined();
	});

	it.each([
		["is cancelled and no hook waits", {}, true],
		["has lost its hooks", { hooks: [ended] }, true],
		["has a hook that waits", { hooks: [aHook()] }, false],
		["is being released", { state: "releasing" }, false],
		["is closed", { state: "restored" }, false],
	] as const)("lets Restore act only where it %s", (_, some, may) => {
		expect(isToBeRestored(cancelled({ hooks: [], ...some }))).toBe(may);
	});
});

it("what blocked a cancelled drain is no trouble any more, but what keeps it from being taken back is", () => {
	const blocked = aLook({ vmis: [aVmi("db", { evictionStrategy: "LiveMigrate", migratable: "no" })] });
	expect(troublesOf(blocked, aRecord(), strictPolicy, NOW).map(({ kind }) => kind)).toEqual(["vm-blocks"]);
	expect(troublesOf(blocked, cancelled(), strictPolicy, NOW)).toEqual([cancelHeld(cancelled())]);
	expect(cancelHeld(cancelled()).says).toMatch(
		/^alice cancelled this drain \(wrong host\), but AWS has no way back while a terminating hook waits \(\S+ of group \S+ until 20/,
	);
	expect(troublesOf(blocked, cancelled({ hooks: [] }), strictPolicy, NOW)).toEqual([]);
});
