import { describe, expect, it } from "@jest/globals";
import { circuitOf, vmNodesOf } from "../../src/domain/breaker.ts";
import type { NodeFacts } from "../../src/domain/look.ts";
import { type Policy, strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord, VmNodes } from "../../src/domain/record.ts";
import { slotTurn, withAdmission } from "../../src/domain/slot-turn.ts";
import { type ClusterSlots, noSlots, withLease, withPause, withPauseLifted, withWaiter } from "../../src/domain/slots.ts";
import { troublesOf } from "../../src/domain/trouble-of.ts";
import { aHook, aHost, aLook, aNode, aRecord, aVmi, INSTANCE, NOW } from "./builders.ts";

const idOf = (index: number) => `i-0bbbbbbbbbbbb${String(index).padStart(4, "0")}`;
const ids = (count: number) => Array.from({ length: count }, (_, index) => idOf(index));
const nodes = (count: number, some: Partial<VmNodes> = {}): VmNodes => ({ count, leaving: [], hasOurs: true, ...some });
const ours = (some: Partial<MaintenanceRecord> = {}) => aRecord({ surveyedAt: NOW, vmNodes: nodes(10), ...some });
const others = (count: number, some: Partial<MaintenanceRecord> = {}) =>
	ids(count).map((instanceId) => ours({ instanceId, ...some }));
const waiting = (count: number, some?: Partial<MaintenanceRecord>) =>
	others(count, some).reduce((slots, record) => withWaiter(slots, record, NOW), noSlots("blue"));
const circuit = (slots: ClusterSlots, record = ours(), policy: Policy = strictPolicy) => ({ slots, record, policy, now: NOW });
const judge = (...of: Parameters<typeof circuit>) => circuitOf(circuit(...of));

describe("the circuit breaker", () => {
	it("lets a third of ten VM nodes leave, and pauses at four", () => {
		expect(judge(waiting(2))).toBe("closed");
		expect(judge(waiting(3))).toEqual({ leaving: 4, count: 10 });
	});

	it("counts those that drain, those that wait, and those that are cordoned, each once", () => {
		const slots = withLease(waiting(1), ours({ instanceId: idOf(1) }), NOW);
		const leaving = [idOf(0), idOf(1), idOf(7)];

		expect(judge(slots, ours({ vmNodes: nodes(10, { leaving }) }))).toEqual({ leaving: 4, count: 10 });
		expect(judge(slots, ours({ vmNodes: nodes(12, { leaving }) }))).toBe("closed");
	});

	it("goes by the share that is configured; a share of 1 never pauses", () => {
		expect(judge(waiting(1), ours(), { ...strictPolicy, mostLeavingShare: 0.1 })).toEqual({ leaving: 2, count: 10 });
		expect(judge(waiting(9), ours(), { ...strictPolicy, mostLeavingShare: 1 })).toBe("closed");
	});

	it("does not count nodes without VMs, nor pause them", () => {
		const plain = nodes(10, { hasOurs: false });

		expect(judge(waiting(9, { vmNodes: plain }))).toBe("closed");
		expect(judge(waiting(9), ours({ vmNodes: plain }))).toBe("closed");
	});

	it.each([1, 2, 3])("drains %i nodes one at a time, however large their share", (count) => {
		const record = ours({ vmNodes: nodes(count) });
		const one = ours({ instanceId: idOf(1) });

		expect(judge(waiting(count - 1), record)).toBe("closed");
		expect(judge(withLease(waiting(0), one, NOW), record)).toBe("one at a time");
	});

	it("lets an urgent one pass, and one whose hook is close to its limit: AWS takes that instance anyway", () => {
		const near = NOW + 4 * 3_600_000;

		expect(judge(waiting(9), ours({ urgent: true }))).toBe("closed");
		expect(judge(waiting(9), ours({ hooks: [aHook({ limitAt: near })] }))).toBe("closed");
		expect(judge(waiting(9), ours({ hooks: [aHook({ limitAt: near + 1 })] }))).toEqual({ leaving: 10, count: 10 });
		expect(judge(waiting(9), ours({ hooks: [aHook({ limitAt: near, lostAt: 1 })] }))).toEqual({ leaving: 10, count: 10 });
	});

	it("does not pause what has begun", () => {
		expect(slotTurn(circuit(withLease(waiting(9), ours(), NOW))).admission.kind).toBe("admitted");
	});
});

describe("VM nodes", () => {
	const survey = (...some: readonly Partial<NodeFacts>[]) => {
		const surroundings = some.map((node, index) =>
			aHost({ name: `host-${index}`, providerId: `aws:///eu-west-1a/${idOf(index)}`, ...node }),
		);
		return aLook({ surroundings: { nodes: surroundings, pods: [] }, vmis: [aVmi("db", { nodeName: "host-1" })] });
	};
	const ourCordon = { "evacuator.io/maintenance": "i-1-1" };

	it("are those that KubeVirt may use and those that carry a VMI, and leave when Evacuator has cordoned them", () => {
		const look = survey(
			{ unschedulable: true, annotations: ourCordon },
			{ labels: { "kubevirt.io/schedulable": "false" } },
			{ labels: {} },
			{ unschedulable: true },
			{ annotations: ourCordon },
		);

		expect(vmNodesOf(look)).toEqual({ count: 5, leaving: [idOf(0)], hasOurs: true });
	});

	it("need not be among those that leave", () => {
		const look = { ...survey({}), node: aNode({ labels: {} }) };

		expect(vmNodesOf(look)).toEqual({ count: 1, leaving: [], hasOurs: false });
	});

	it("are none where the only VMI on them has ended", () => {
		const look = survey({ labels: {} }, { labels: {} });
		const ended = { ...look, vmis: [aVmi("db", { nodeName: "host-1", phase: "Succeeded" })] };

		expect([look, ended].map((one) => vmNodesOf(one)?.count)).toEqual([2, 1]);
	});

	it("are counted, but not as leaving, where no instance is known for them", () => {
		const look = survey({ unschedulable: true, annotations: ourCordon, providerId: "kind://docker/host-0" });

		expect(vmNodesOf(look)).toEqual({ count: 2, leaving: [], hasOurs: true });
	});

	it("are seen by a survey only", () => {
		expect(vmNodesOf(aLook())).toBeUndefined();
	});
});

describe("a pause", () => {
	const paused = { kind: "waits", place: 1, why: "4 of 10 VM nodes are leaving", paused: { leaving: 4, count: 10 } } as const;
	const withOurs = (toldAt: number, by: string) => withPause(waiting(3), { since: 1, toldAt, by });
	const basis = { policy: strictPolicy, orders: 0, now: NOW };

	it("is told by the first that is next, and by nobody else", () => {
		const turn = slotTurn(circuit(waiting(3), ours({ deadline: 1 })));

		expect(turn).toMatchObject({ admission: paused, tells: true });
		expect(turn.slots.paused).toEqual({ since: NOW, toldAt: NOW, by: INSTANCE });
		expect(slotTurn(circuit(withOurs(NOW, idOf(1)), ours({ deadline: 1 })))).toMatchObject({ admission: paused, tells: false });
	});

	it("is not begun again by a look that is older than its end", () => {
		const slot = { since: 1, place: 1, orders: 0 };
		const record = ours({ deadline: 1, slot, surveyedAt: NOW - 10_000 });
		const liftedAt = (at: number) => withPauseLifted(withOurs(NOW, idOf(1)), at);

		expect(slotTurn(circuit(liftedAt(NOW - 10_000), record)).admission.kind).toBe("look again");
		expect(slotTurn(circuit(liftedAt(NOW - 10_001), record))).toMatchObject({ admission: paused, tells: true });
		expect(slotTurn(circuit(liftedAt(NOW - 10_001), record)).slots.paused).toEqual({ since: NOW, toldAt: NOW, by: INSTANCE });
	});

	it("is told by a step that is repeated before its record knows, and again every hour", () => {
		const record = ours({ deadline: 1 });
		const told = withAdmission(record, paused, basis);

		expect(slotTurn(circuit(withOurs(NOW, INSTANCE), record)).tells).toBe(true);
		expect(slotTurn(circuit(withOurs(NOW, INSTANCE), told)).tells).toBe(false);
		expect(slotTurn(circuit(withOurs(NOW - 3_600_000, idOf(1)), told))).toMatchObject({
			tells: true,
			slots: { paused: { since: 1, toldAt: NOW, by: INSTANCE } },
		});
	});

	it("ends with the first drain that may begin again by itself, not with one that passes", () => {
		const record = ours({ vmNodes: nodes(20) });

		expect(slotTurn(circuit(withOurs(NOW, idOf(1)), { ...record, deadline: 1 })).slots.paused?.liftedAt).toBe(NOW);
		expect(slotTurn(circuit(withOurs(NOW, idOf(1)), { ...record, urgent: true })).slots.paused).not.toHaveProperty("liftedAt");
	});

	it("is trouble in the record for as long as it lasts, also after the next look", () => {
		const after = withAdmission(ours(), paused, basis);
		const [trouble, ...more] = after.trouble;

		expect(more).toEqual([]);
		expect(trouble).toEqual({
			kind: "too-many-leave",
			about: "blue",
			says: '4 of the 10 nodes of cluster blue that host VMs are leaving, more than 34 %, so new drains pause and their hooks are kept alive; add nodes, or order the drain of each that has to go all the same with "urgent": true.',
		});
		expect(troublesOf(aLook(), after, strictPolicy, NOW)).toEqual([trouble]);
		expect(withAdmission(after, { kind: "admitted", why: "" }, basis).trouble).toEqual([]);
	});
});
