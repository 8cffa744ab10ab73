import { describe, expect, it } from "@jest/globals";
import { newsOf, withTold } from "../../src/domain/news.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { withLeft } from "../../src/domain/standstill.ts";
import { troublesOf } from "../../src/domain/trouble-of.ts";
import { guardUnreachable } from "../../src/domain/trouble-texts.ts";
import { aHook, aLauncher, aLook, aNode, aPod, aRecord, aVmi, NOW } from "./builders.ts";

const MINUTE = 60_000;
const external = aVmi("db", { evictionStrategy: "External", evacuationNodeName: "node-a" });
const full = aLook({ pods: [aPod({ deleting: true }), aLauncher("db")], vmis: [external] });
const since = (minutes: number) => ({ left: { vms: 1, pods: 2, changedAt: NOW - minutes * MINUTE } });
const troubles = (record: Partial<MaintenanceRecord>, look = full) => troublesOf(look, aRecord(record), strictPolicy, NOW);

describe("a drain that stands still", () => {
	it("is trouble after half an hour, and says what each waits for", () => {
		expect(troubles(since(29))).toEqual([]);
		expect(troubles(since(30))).toEqual([
			{
				kind: "stalled",
				about: "node-a",
				says: "The drain of node-a stands still. What is left: shop/db (eviction strategy External: its own controller has to move it), shop/web (The pod is Running and being deleted); see what each waits for, or stop the VMs yourself.",
			},
		]);
	});

	it("is no trouble of its own where another one names all that is left, or the node is silent", () => {
		const stuck = aVmi("db", { evictionStrategy: "LiveMigrate", migratable: "no" });
		const look = aLook({ pods: [aLauncher("db")], vmis: [stuck] });

		expect(troubles(since(60), look).map(({ kind }) => kind)).toEqual(["vm-blocks"]);
		expect(troubles(since(60), { ...full, node: aNode({ ready: false }) }).map(({ kind }) => kind)).toEqual(["node-not-ready"]);
	});

	it("counts from the last change of what is left", () => {
		const first = withLeft(aRecord(), full, NOW);

		expect(first.left).toEqual({ vms: 1, pods: 2, changedAt: NOW });
		expect(withLeft(first, full, NOW + MINUTE)).toBe(first);
		expect(withLeft(first, aLook({ pods: [aLauncher("db")], vmis: [external] }), NOW + MINUTE).left).toEqual({
			vms: 1,
			pods: 1,
			changedAt: NOW + MINUTE,
		});
	});
});

describe("time that runs out", () => {
	it("is told in the last quarter of a hook's own limit, at most 4 hours before", () => {
		const kinds = (timeoutSeconds: number, hours: number, look = full) =>
			troubles({ hooks: [aHook({ timeoutSeconds, limitAt: NOW + hours * 60 * MINUTE })] }, look).map(({ kind }) => kind);

		expect(kinds(3_600, 4.1)).toEqual([]);
		expect(kinds(3_600, 4)).toEqual(["hook-ends"]);
		expect(kinds(360, 2.6)).toEqual([]);
		expect(kinds(360, 2.5)).toEqual(["hook-ends"]);
		expect(kinds(360, 2.5, aLook())).toEqual([]);
	});

	it("names the hook, the instant and what is left", () => {
		const hooks = [aHook({ limitAt: NOW })];

		expect(troubles({ hooks })).toEqual([
			{
				kind: "hook-ends",
				about: "drain",
				says: "AWS takes the instance when hook drain of group workers reaches its limit at 2026-08-01T12:00:00.000Z, and this is left: shop/db, shop/web; get it off the node before, or stop the VMs yourself.",
			},
		]);
	});

	it("is told of a deadline too, once where it is the hook's limit", () => {
		const deadline = NOW + MINUTE;

		expect(troubles({ deadline, openedAt: NOW - 9 * MINUTE }).map(({ about }) => about)).toEqual(["i-0123456789abcdef0"]);
		expect(troubles({ deadline, hooks: [aHook({ limitAt: deadline })] }).map(({ about }) => about)).toEqual(["drain"]);
	});
});

describe("news", () => {
	const [old, fresh] = [guardUnreachable("shop/a", "no answer"), guardUnreachable("shop/b", "no answer")];

	it("is what the record does not know, and once an hour all there is", () => {
		const record = { trouble: [old], toldAt: NOW - 59 * MINUTE };

		expect(newsOf(record, [old, fresh], NOW)).toEqual([fresh]);
		expect(newsOf(record, [old, fresh], NOW + MINUTE)).toEqual([old, fresh]);
	});

	it("puts off the reminder only when all was told", () => {
		const record = aRecord({ trouble: [old, fresh], toldAt: NOW - MINUTE });

		expect(withTold(record, [fresh], NOW)).toBe(record);
		expect(withTold(record, [old, fresh], NOW).toldAt).toBe(NOW);
	});
});
