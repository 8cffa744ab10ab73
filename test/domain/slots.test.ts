import { describe, expect, it } from "@jest/globals";
import { admissionOf } from "../../src/domain/admission.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { slotTurn, withAdmission } from "../../src/domain/slot-turn.ts";
import { type ClusterSlots, noSlots, queueFor, withLease, without, withWaiter } from "../../src/domain/slots.ts";
import { aRecord, INSTANCE, NOW } from "./builders.ts";

const idOf = (index: number) => `i-0bbbbbbbbbbbb${String(index).padStart(4, "0")}`;
const vmNodes = { count: 100, leaving: [], hasOurs: true };
const ours = (some: Partial<MaintenanceRecord> = {}) => aRecord({ vmNodes, surveyedAt: NOW, ...some });
/** Another maintenance of the cluster. */
const other = (index: number, some: Partial<MaintenanceRecord> = {}) => ours({ instanceId: idOf(index), ...some });
const leased = (...records: readonly MaintenanceRecord[]): ClusterSlots =>
	records.reduce((slots, record) => withLease(slots, record, NOW), noSlots("blue"));
const circuit = (slots: ClusterSlots, record: MaintenanceRecord, policy = strictPolicy) => ({ slots, record, policy, now: NOW });
const turn = (slots: ClusterSlots, record = ours(), policy = strictPolicy) => slotTurn(circuit(slots, record, policy));

describe("a drain that asks for a slot", () => {
	it("gets one of the two, and waits when both are taken", () => {
		expect(turn(leased(other(1))).admission.kind).toBe("admitted");
		expect(turn(leased(other(1), other(2))).admission).toMatchObject({ kind: "waits", place: 1 });
		expect(turn(leased(other(1), other(2)), ours(), { ...strictPolicy, maxConcurrentDrains: 3 }).admission.kind).toBe("admitted");
	});

	it("that has one keeps it, and asking twice changes nothing", () => {
		const { slots } = turn(noSlots("blue"));

		expect(slots.leases[INSTANCE]).toEqual({ generation: 1, since: NOW, vmNode: true });
		expect(turn(slots).slots).toBe(slots);
	});

	it("keeps it in its next generation, and an old one never takes it back", () => {
		const { slots } = turn(leased(ours(), other(1), other(2)), ours({ generation: 2 }));

		expect(slots.leases[INSTANCE]?.generation).toBe(2);
		expect(turn(slots, ours({ generation: 1 })).slots).toBe(slots);
	});

	it("passes when it is urgent, and counts", () => {
		const full = leased(other(1), other(2));
		const { admission, slots } = turn(full, ours({ urgent: true }));

		expect(admission.kind).toBe("admitted");
		expect(turn(without(slots, [idOf(1)]), other(3)).admission.kind).toBe("waits");
	});

	it("that waits leaves the queue when it gets one", () => {
		const waiting = withWaiter(leased(other(1)), ours(), NOW - 5_000);

		expect(turn(waiting).slots).toMatchObject({ waiting: {}, leases: { [INSTANCE]: { since: NOW } } });
	});

	it("writes nothing while nothing changes for it, but a deadline that has come nearer", () => {
		const full = withWaiter(leased(other(1), other(2)), ours(), NOW);

		expect(turn(full).slots).toBe(full);
		expect(turn(full, ours({ deadline: NOW + 1 })).slots.waiting[INSTANCE]?.deadline).toBe(NOW + 1);
	});

	it("is sent to look again after an order, after a quarter of an hour, and after two minutes when it is next", () => {
		const slot = { since: NOW - 3_600_000, place: 1, orders: 0 };
		const full = leased(other(1), other(2));
		const free = leased(other(1));
		const said = (slots: ClusterSlots, some: Partial<MaintenanceRecord>) =>
			admissionOf(circuit(slots, ours({ slot, ...some }))).kind;

		expect(said(full, { orders: 1 })).toBe("look again");
		expect(said(full, { surveyedAt: NOW - 900_000 })).toBe("waits");
		expect(said(full, { surveyedAt: NOW - 900_001 })).toBe("look again");
		expect(said(free, { surveyedAt: NOW - 120_000 })).toBe("admitted");
		expect(said(free, { surveyedAt: NOW - 120_001 })).toBe("look again");
		// The clock of the function that surveys is an hour behind.
		expect(said(free, { surveyedAt: NOW - 3_600_000, slot: { ...slot, lookedAt: NOW - 60_000 } })).toBe("admitted");
	});

	it("is not written down as the thousand-and-first, and waits all the same", () => {
		const many = Array.from({ length: 1_000 }, (_, index) => other(index));
		const full = many.reduce((slots, record) => withWaiter(slots, record, NOW), leased(other(2_000), other(2_001)));

		expect(turn(full)).toMatchObject({ admission: { kind: "waits" }, slots: full });
		expect(Buffer.byteLength(JSON.stringify(full))).toBeLessThan(200_000);
	});
});

describe("the queue", () => {
	it("has the earliest deadline first, then whoever was opened first, then the lower id; no deadline is the latest", () => {
		const records = [
			other(1, { openedAt: 1 }),
			other(2, { deadline: NOW + 2, openedAt: 5 }),
			other(3, { deadline: NOW + 1, openedAt: 9 }),
			other(5, { deadline: NOW + 2, openedAt: 4 }),
			other(4, { deadline: NOW + 2, openedAt: 4 }),
		];
		const slots = records.reduce((all, record) => withWaiter(all, record, NOW), noSlots("blue"));

		expect(queueFor(slots, ours({ deadline: NOW }), NOW)).toEqual([INSTANCE, ...[3, 4, 5, 2, 1].map(idOf)]);
	});

	it("keeps the place of a maintenance from one generation to the next", () => {
		const slots = withWaiter(noSlots("blue"), ours({ openedAt: 3 }), 4);

		const next = withWaiter(slots, ours({ generation: 2, openedAt: 8 }), 9);

		expect(next.waiting[INSTANCE]).toMatchObject({ generation: 2, openedAt: 3, since: 4 });
	});

	it("lets nodes without VMs past those that pause", () => {
		const plain = ours({ vmNodes: { ...vmNodes, hasOurs: false } });
		const waiting = [1, 2, 3].reduce((slots, index) => withWaiter(slots, other(index, { deadline: 1 }), NOW), noSlots("blue"));

		expect(turn(waiting, plain).admission.kind).toBe("waits");
		expect(turn({ ...waiting, paused: { since: 1, toldAt: NOW, by: idOf(1) } }, plain).admission.kind).toBe("admitted");
	});
});

describe("the record of a drain", () => {
	const basis = { policy: strictPolicy, orders: 0, now: NOW };

	it("has its place while it waits, and forgets it with the slot", () => {
		const left = { vms: 3, pods: 1, changedAt: NOW - 3_600_000 };
		const waiting = withAdmission(ours({ left }), { kind: "waits", place: 7, why: "" }, basis);

		expect(waiting.slot).toEqual({ since: NOW, place: 7, orders: 0 });
		expect(withAdmission(waiting, { kind: "waits", place: 7, why: "" }, { ...basis, now: NOW + 1 })).toBe(waiting);
		const { slot, ...rest } = waiting;
		expect(withAdmission(waiting, { kind: "admitted", why: "" }, basis)).toEqual({ ...rest, left: { ...left, changedAt: NOW } });
	});

	it("does not change where it has its slot at once", () => {
		const record = ours();

		expect(withAdmission(record, { kind: "admitted", why: "" }, basis)).toBe(record);
	});

	it("knows the orders that it was sent to look for, not those that came since", () => {
		const slot = { since: 1, place: 1, orders: 0 };
		const after = withAdmission(ours({ orders: 2, slot }), { kind: "look again", why: "" }, { ...basis, orders: 1 });

		expect(after.slot).toEqual({ ...slot, orders: 1, lookedAt: NOW });
	});
});
