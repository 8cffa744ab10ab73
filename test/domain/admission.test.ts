import { describe, expect, it } from "@jest/globals";
import { admissionOf } from "../../src/domain/admission.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { slotTurn, withAdmission } from "../../src/domain/slot-turn.ts";
import { type ClusterSlots, noSlots, withLease, withPause, withPauseLifted, withWaiter } from "../../src/domain/slots.ts";
import { aRecord, INSTANCE, NOW } from "./builders.ts";

const [FIRST, SECOND] = ["i-0bbbbbbbbbbbb0001", "i-0bbbbbbbbbbbb0002"];
const manyNodes = { count: 100, leaving: [], hasOurs: true };
const ours = (some: Partial<MaintenanceRecord> = {}) => aRecord({ vmNodes: manyNodes, surveyedAt: NOW, ...some });
const empty = noSlots("blue");
const one = withLease(empty, ours({ instanceId: FIRST }), NOW);
const full = withLease(one, ours({ instanceId: SECOND }), NOW);
const paused = withPause(empty, { since: 1, toldAt: NOW, by: FIRST });
const circuit = (slots: ClusterSlots, record: MaintenanceRecord) => ({ slots, record, policy: strictPolicy, now: NOW });

const waited = { since: 1, place: 1, orders: 0 };
const ordered = ours({ slot: waited, orders: 1 });
const outdated = ours({ slot: waited, surveyedAt: NOW - 900_001 });
const [smallCluster, leavingCluster] = [
	ours({ vmNodes: { count: 3, leaving: [], hasOurs: true } }),
	ours({ vmNodes: { count: 4, leaving: [SECOND], hasOurs: true } }),
];
const liftedSince = withPauseLifted(paused, NOW);

describe("what a drain that asks for a slot is answered", () => {
	it.each([
		["that it has one", withLease(full, ours(), NOW), ours(), { kind: "admitted", why: "it has a slot" }],
		["that it is urgent", full, ours({ urgent: true }), { kind: "admitted", why: "it is urgent" }],
		["to look again, for an order came", full, ordered, { kind: "look again", why: "an order came meanwhile" }],
		["that it may begin", one, ours(), { kind: "admitted", why: "a slot is free" }],
		["that others are before it", full, ours(), { kind: "waits", place: 1, why: "others drain, or are before it" }],
		["to look again, for its look is old", full, outdated, { kind: "look again", why: "its last look is old" }],
		[
			"that a small cluster drains one node at a time",
			one,
			smallCluster,
			{ kind: "waits", place: 1, why: "so small a cluster drains one node at a time" },
		],
		[
			"that too many leave",
			empty,
			leavingCluster,
			{ kind: "waits", place: 1, why: "2 of 4 VM nodes are leaving", paused: { leaving: 2, count: 4 } },
		],
		[
			"to look again where it waited, and the pause has ended since it last looked",
			liftedSince,
			{ ...leavingCluster, slot: waited },
			{ kind: "look again", why: "its last look is older than the end of the pause" },
		],
		[
			"that too many leave where it comes from a look, however long ago the pause ended by another clock",
			liftedSince,
			leavingCluster,
			{ kind: "waits", place: 1, why: "2 of 4 VM nodes are leaving", paused: { leaving: 2, count: 4 } },
		],
	] as const)("%s", (_, slots, record, admission) => {
		expect(admissionOf(circuit(slots, record))).toStrictEqual(admission);
	});
});

describe("a turn at the slots", () => {
	it("changes nothing, and tells nobody, where the drain has to look again", () => {
		const { admission, slots, tells } = slotTurn(circuit(one, ordered));

		expect([admission.kind, tells]).toEqual(["look again", false]);
		expect(slots).toBe(one);
	});

	it("tells nobody of a drain that begins, or that waits for others", () => {
		expect(slotTurn(circuit(one, ours()))).toMatchObject({ admission: { kind: "admitted" }, tells: false });
		expect(slotTurn(circuit(full, ours()))).toStrictEqual({
			admission: { kind: "waits", place: 1, why: "others drain, or are before it" },
			slots: withWaiter(full, ours(), NOW),
			tells: false,
		});
	});

	it("of a drain that has its slot does not end a pause that came after it", () => {
		const slots = withLease(paused, ours(), NOW);

		expect(slotTurn(circuit(slots, ours())).slots).toBe(slots);
		expect(slotTurn(circuit(paused, ours())).slots.paused).toEqual({ since: 1, toldAt: NOW, by: FIRST, liftedAt: NOW });
	});
});

describe("the record after a turn", () => {
	const basis = { policy: strictPolicy, orders: 0, now: NOW };
	const noRoom = { kind: "no-room", about: "shop/db", says: "VM shop/db stays for now." } as const;
	const waits = { kind: "waits", place: 2, why: "" } as const;

	it("still knows when it was last sent to look again", () => {
		const slot = { ...waited, lookedAt: NOW - 60_000 };

		expect(withAdmission(ours({ slot }), waits, basis).slot).toStrictEqual({ ...slot, place: 2 });
		expect(withAdmission(ours({ slot: waited }), waits, basis).slot).toStrictEqual({ ...waited, place: 2 });
	});

	it("keeps the trouble that is none of the pause, and tells of the pause beside it", () => {
		const leaving = { leaving: 4, count: 10 };
		const told = withAdmission(ours({ trouble: [noRoom] }), { ...waits, paused: leaving }, basis);

		expect(told.trouble.map(({ kind, about }) => [kind, about])).toEqual([
			["no-room", "shop/db"],
			["too-many-leave", "blue"],
		]);
		expect(withAdmission(told, waits, basis).trouble).toEqual([noRoom]);
	});

	it("tells of the pause once, though there is other trouble", () => {
		const record = { ...leavingCluster, trouble: [noRoom] };
		const slots = withPause(empty, { since: 1, toldAt: NOW, by: INSTANCE });
		const { admission } = slotTurn(circuit(slots, record));

		expect(slotTurn(circuit(slots, record)).tells).toBe(true);
		expect(slotTurn(circuit(slots, withAdmission(record, admission, basis))).tells).toBe(false);
	});
});
