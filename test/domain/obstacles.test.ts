import { describe, expect, it } from "@jest/globals";
import { obstaclesOf } from "../../src/domain/obstacles.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { type ClusterSlots, noSlots, withLease, withWaiter } from "../../src/domain/slots.ts";
import { aRecord, NOW } from "./builders.ts";

const MINUTE_MS = 60_000;
const idOf = (index: number) => `i-0bbbbbbbbbbbb${String(index).padStart(4, "0")}`;
const idsFrom = (from: number, count: number) => Array.from({ length: count }, (_, index) => idOf(from + index));
const ours = (some: Partial<MaintenanceRecord> = {}) =>
	aRecord({ vmNodes: { count: 100, leaving: [], hasOurs: true }, surveyedAt: NOW, ...some });
const other = (index: number, some: Partial<MaintenanceRecord> = {}) => ours({ instanceId: idOf(index), ...some });
const plain = { vmNodes: { count: 100, leaving: [], hasOurs: false } };
const few = { vmNodes: { count: 3, leaving: [], hasOurs: true } };
const many = { vmNodes: { count: 4, leaving: [], hasOurs: true } };

const empty = noSlots("blue");
const leased = (slots: ClusterSlots, ...records: readonly MaintenanceRecord[]) =>
	records.reduce((all, record) => withLease(all, record, NOW), slots);
const queued = (slots: ClusterSlots, ...records: readonly MaintenanceRecord[]) =>
	records.reduce((all, record) => withWaiter(all, record, NOW), slots);
/** Before all others. */
const first = { deadline: 1 };
const obstacles = (slots: ClusterSlots, record = ours(), now = NOW) =>
	obstaclesOf({ slots, record, policy: strictPolicy, now }).map(({ instanceId }) => instanceId);

describe("in the way of a drain that asks for a slot", () => {
	it("are those that drain where no slot is free, and not those before it: they wait for the same", () => {
		const full = leased(empty, other(1), other(2));

		expect(obstacles(queued(full, other(3, first)))).toEqual([idOf(1), idOf(2)]);
	});

	it("are those that drain and those that are next where a slot is free, each in its generation", () => {
		const slots = queued(leased(empty, other(1, { generation: 3 })), other(3, { deadline: 3 }), other(4, { deadline: 4 }));

		expect(obstaclesOf({ slots, record: ours(), policy: strictPolicy, now: NOW })).toEqual([
			{ instanceId: idOf(1), generation: 3 },
			{ instanceId: idOf(3), generation: 1 },
		]);
	});

	it("are more than the slots only where urgent ones drain beside them", () => {
		const full = leased(empty, other(1), other(2), other(3, { urgent: true }));

		expect(obstacles(queued(full, other(4, first)))).toEqual(idsFrom(1, 3));
	});

	it("is nobody where nobody else drains or waits, and never itself", () => {
		expect(obstacles(empty)).toEqual([]);
		expect(obstacles(queued(empty, ours()))).toEqual([]);
		expect(obstacles(leased(empty, ours()))).toEqual([]);
	});
});

describe("in the way of a drain that the breaker holds up", () => {
	it("is the one that drains in so small a cluster, though a slot is free", () => {
		expect(obstacles(queued(leased(empty, other(1)), ours(few)), ours(few))).toEqual([idOf(1)]);
	});

	it("are all VM nodes that it counts, wherever they stand in the queue, and no others", () => {
		const record = ours({ ...many, ...first });
		const slots = queued(leased(empty, other(1)), record, other(2), other(3, plain), other(4));

		expect(obstacles(slots, record)).toEqual([idOf(1), idOf(2), idOf(4)]);
	});

	it("are no others that wait where it is not next: whoever is looks at them", () => {
		const slots = queued(leased(empty, other(1)), other(2, { ...many, ...first }), other(3));

		expect(obstacles(slots, ours(many))).toEqual([idOf(1), idOf(2)]);
	});

	it("are no others that wait where the breaker is closed, or the drain is urgent", () => {
		const slots = queued(leased(empty, other(1)), other(2), other(3));

		expect(obstacles(slots, ours(first))).toEqual([idOf(1)]);
		expect(obstacles(slots, ours({ ...many, ...first, urgent: true }))).toEqual([idOf(1)]);
	});

	it("are ten of those that wait at once, others each minute, so that the turn of each comes", () => {
		const record = ours({ ...many, ...first });
		const slots = queued(leased(empty, other(1)), ...idsFrom(1_000, 25).map((instanceId) => ours({ instanceId })));
		const start = NOW - (NOW % (3 * MINUTE_MS));
		const at = (minute: number) => obstacles(slots, record, start + minute * MINUTE_MS);

		expect(at(0)).toEqual([idOf(1), ...idsFrom(1_000, 10)]);
		expect(at(0.99)).toEqual(at(0));
		expect(at(1)).toEqual([idOf(1), ...idsFrom(1_010, 10)]);
		expect(at(2)).toEqual([idOf(1), ...idsFrom(1_020, 5)]);
		expect(at(3)).toEqual(at(0));
	});
});
