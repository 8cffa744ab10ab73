import { describe, expect, it } from "@jest/globals";
import {
	cancelHeld,
	cancelTooLate,
	isCalledOff,
	isToBeRestored,
	restoredSays,
	tombstone,
	whenCancelled,
	withCancel,
	withoutCancel,
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

	it("keeps the earliest of the limits of the hooks that wait", () => {
		const limits = [3, 2, 4].map((hours) => NOW + hours * 3_600_000);
		const hooks = limits.map((limitAt, index) => aHook({ token: `token-${index}`, limitAt }));

		expect(withCancel(aRecord({ hooks }), cancel).deadline).toBe(limits[1]);
		expect(withCancel(aRecord({ hooks: [...hooks, { ...ended, limitAt: NOW + 1 }] }), cancel).deadline).toBe(limits[1]);
	});

	it("is taken back from a record that has one, and leaves every other alone", () => {
		const { cancel: _, ...wanted } = cancelled();
		const record = aRecord();

		expect(withoutCancel(cancelled())).toStrictEqual(wanted);
		expect(withoutCancel(record)).toBe(record);
	});

	it("calls off every order that is not newer, and an older cancel does not call back any", () => {
		const record = withTombstone(aRecord(), 1_000);
		expect([999, 1_000, 1_001].map((at) => isCalledOff(record, at))).toEqual([true, true, false]);
		expect(withTombstone(record, 500)).toBe(record);
		expect(isCalledOff(aRecord(), 0)).toBe(false);
	});

	it("leaves a closed record where there is none", () => {
		const closed = {
			instanceId: INSTANCE,
			cluster: "blue",
			generation: 1,
			version: 1,
			state: "restored",
			openedAt: NOW,
			closedAt: NOW,
			requests: [],
			reason: "wrong host",
			hooks: [],
			beatSeconds: 900,
			lastBeatAt: NOW,
			orders: 0,
			mayEnd: [],
			vms: [],
			refusals: {},
			trouble: [],
			cancel,
			cancelledUntil: cancel.issuedAt,
		};
		const { reason, ...silent } = cancel;

		expect(tombstone({ instanceId: INSTANCE, cluster: "blue" }, cancel, NOW)).toStrictEqual(closed);
		expect(tombstone({ instanceId: INSTANCE, cluster: "blue" }, silent, NOW).reason).toBe("cancelled before it began");
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
		["holds while a hook waits", {}, { next: "hold", why: "the drain is cancelled, and a hook waits" }],
		[
			"lets Release take the mark off while a hook waits",
			{ markedAt: NOW },
			{ next: "release", why: "the drain is cancelled, and the mark has to go" },
		],
		["goes to Restore without a hook", { hooks: [] }, { next: "restore", why: "the drain is cancelled" }],
		[
			"lets Assess see whether AWS takes the instance when its hooks have ended",
			{ hooks: [ended] },
			{ next: "assess", why: "the drain is cancelled, and its hooks have ended" },
		],
	] as const)("%s", (_, some, decision) => {
		expect(whenCancelled(cancelled(some))).toEqual(decision);
		expect(afterAssess(aLook(), cancelled(some), strictPolicy, NOW)).toEqual(decision);
		expect(duringWatch(aLook({ vmis: [aVmi("db")] }), cancelled(some), strictPolicy, NOW)).toEqual(decision);
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

	it("does not let Restore act where nobody has cancelled", () => {
		expect(isToBeRestored(aRecord({ hooks: [] }))).toBe(false);
	});
});

it("what blocked a cancelled drain is no trouble any more, but what keeps it from being taken back is", () => {
	const blocked = aLook({ vmis: [aVmi("db", { evictionStrategy: "LiveMigrate", migratable: "no" })] });
	expect(troublesOf(blocked, aRecord(), strictPolicy, NOW).map(({ kind }) => kind)).toEqual(["vm-blocks"]);
	expect(troublesOf(blocked, cancelled(), strictPolicy, NOW)).toEqual([cancelHeld(cancelled())]);
	expect(troublesOf(blocked, cancelled({ hooks: [] }), strictPolicy, NOW)).toEqual([]);
});

describe("the one who cancelled", () => {
	const limitAt = Date.parse("2026-08-03T12:00:00Z");
	const [whole, anonymous] = [cancelled(), cancelled({ cancel: { at: NOW, issuedAt: NOW, requestId: "chg-2" } })];

	it("is told why nothing is taken back while hooks wait, and what goes on", () => {
		const hooks = [aHook({ limitAt }), aHook({ hook: "other", token: "token-2", limitAt: limitAt + 1_000 }), ended];

		expect(cancelHeld({ ...whole, hooks })).toEqual({
			kind: "cancel-held",
			about: INSTANCE,
			says: "alice cancelled this drain (wrong host), but AWS has no way back while a terminating hook waits (drain of group workers until 2026-08-03T12:00:00.000Z, other of group workers until 2026-08-03T12:00:01.000Z). Heartbeats go on, the node stays cordoned, nothing more is evicted, and VMs that are marked already go on moving; order a drain to go on with it, or complete the hook by hand.",
		});
	});

	it("is told where AWS takes the instance though no hook waits", () => {
		expect(cancelTooLate(anonymous)).toEqual({
			kind: "cancel-held",
			about: INSTANCE,
			says: "An operator cancelled this drain, but Auto Scaling is terminating the instance and has no way back; the node stays cordoned, nothing more is evicted, and VMs that are marked already go on moving. Order a drain to go on with it.",
		});
	});

	it("is told when the drain has been taken back", () => {
		expect(restoredSays(whole, "Node node-a is schedulable.")).toBe(
			"alice cancelled this drain (wrong host). Node node-a is schedulable.",
		);
	});
});
