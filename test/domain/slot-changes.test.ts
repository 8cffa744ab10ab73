import { describe, expect, it } from "@jest/globals";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import {
	hostsVms,
	isPaused,
	isQueueing,
	noSlots,
	queueFor,
	withLease,
	without,
	withPause,
	withPauseLifted,
	withWaiter,
} from "../../src/domain/slots.ts";
import { aRecord, INSTANCE, NOW } from "./builders.ts";

const idOf = (index: number) => `i-0bbbbbbbbbbbb${String(index).padStart(4, "0")}`;
const vmNodes = { count: 100, leaving: [], hasOurs: true };
const ours = (some: Partial<MaintenanceRecord> = {}) => aRecord({ vmNodes, surveyedAt: NOW, ...some });
const other = (index: number, some: Partial<MaintenanceRecord> = {}) => ours({ instanceId: idOf(index), ...some });
const empty = noSlots("blue");
const pause = { since: 1, toldAt: NOW, by: idOf(1) };

describe("the slots of a cluster", () => {
	it("lose those that neither drain nor wait any more, and nobody else", () => {
		const slots = withWaiter(withLease(withLease(empty, other(1), NOW), other(2), NOW), other(3), NOW);
		const { [idOf(2)]: second } = slots.leases;

		expect(without(slots, [idOf(1), idOf(3)])).toEqual({ ...empty, leases: { [idOf(2)]: second }, waiting: {} });
		expect(without(slots, [])).toBe(slots);
	});

	it("have a pause that ends once, and none that ends without having begun", () => {
		const paused = withPause(empty, pause);
		const lifted = withPauseLifted(paused, NOW);

		expect(lifted).toEqual({ ...empty, paused: { ...pause, liftedAt: NOW } });
		expect([empty, paused, lifted].map(isPaused)).toEqual([false, true, false]);
		expect(withPauseLifted(lifted, NOW + 1)).toBe(lifted);
		expect(withPauseLifted(empty, NOW)).toBe(empty);
	});

	it("take a change of who waits for none that others have to mind, but one of a lease or a pause", () => {
		const waiting = withWaiter(empty, other(1), NOW);

		expect(isQueueing(empty, waiting)).toBe(true);
		expect(isQueueing(waiting, withLease(waiting, other(1), NOW))).toBe(false);
		expect(isQueueing(waiting, withPause(waiting, pause))).toBe(false);
	});
});

describe("a maintenance that waits", () => {
	it("is written down with a deadline where it has one", () => {
		const waiter = { generation: 1, since: NOW, vmNode: true, openedAt: NOW - 120_000 };

		expect(withWaiter(empty, ours(), NOW).waiting).toStrictEqual({ [INSTANCE]: waiter });
		expect(withWaiter(empty, ours({ deadline: NOW + 1 }), NOW).waiting).toStrictEqual({
			[INSTANCE]: { ...waiter, deadline: NOW + 1 },
		});
	});

	it("is written down anew when its node turns out to host VMs, or not", () => {
		const { vmNodes, ...rest } = ours();
		const unseen: MaintenanceRecord = rest;
		const waiting = withWaiter(empty, unseen, NOW);

		expect([unseen, ours()].map(hostsVms)).toEqual([false, true]);
		expect(waiting.waiting[INSTANCE]?.vmNode).toBe(false);
		expect(withWaiter(waiting, ours(), NOW).waiting[INSTANCE]?.vmNode).toBe(true);
	});

	it("is not written down as the thousand-and-first, but one of the thousand is with its new deadline", () => {
		const thousand = Array.from({ length: 1_000 }, (_, index) => other(index));
		const full = thousand.reduce((slots, record) => withWaiter(slots, record, NOW), empty);

		expect(Object.keys(full.waiting)).toHaveLength(1_000);
		expect(withWaiter(full, ours(), NOW)).toBe(full);
		expect(withWaiter(full, other(7, { deadline: NOW }), NOW).waiting[idOf(7)]?.deadline).toBe(NOW);
	});

	it("stands behind those of its own kind while VM nodes pause, and hosts no VMs", () => {
		const plain = { vmNodes: { ...vmNodes, hasOurs: false } };
		const waiting = withWaiter(withWaiter(empty, other(1), 1), other(2, { ...plain, openedAt: 1 }), 1);

		expect(queueFor(withPause(waiting, pause), ours(plain), NOW)).toEqual([idOf(2), INSTANCE]);
		expect(queueFor(waiting, ours({ ...plain, openedAt: NOW }), NOW)).toEqual([idOf(2), idOf(1), INSTANCE]);
	});

	it("stands by its id among those that were opened at the same time, whoever came first", () => {
		const slots = [5, 4, 6].reduce((all, index) => withWaiter(all, other(index), NOW), empty);

		expect(queueFor(slots, ours({ openedAt: NOW }), NOW)).toEqual([...[4, 5, 6].map(idOf), INSTANCE]);
	});
});
