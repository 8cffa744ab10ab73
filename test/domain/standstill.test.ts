import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { newsOf, withTold } from "../../src/domain/news.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { withLeft, withTroubleOver } from "../../src/domain/standstill.ts";
import type { Trouble } from "../../src/domain/trouble.ts";
import { troublesOf } from "../../src/domain/trouble-of.ts";
import { guardUnreachable } from "../../src/domain/trouble-texts.ts";
import { aHook, aLauncher, aLook, aMigration, aNode, aPod, aRecord, aVmi, NOW } from "./builders.ts";

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

		expect(troubles(since(60), look).map(({ kind }) => kind)).toStrictEqual(["vm-blocks"]);
		expect(troubles(since(60), { ...full, node: aNode({ ready: false }) }).map(({ kind }) => kind)).toEqual(["node-not-ready"]);
	});

	it("is no trouble of its own where the Node is another one", () => {
		const look = { ...full, node: aNode({ uid: "other" }) };

		expect(troubles(since(60), look).map(({ kind }) => kind)).toStrictEqual(["not-our-node"]);
	});

	it("names pods that do not wait for a VM, and none that do", () => {
		const infrastructure = aPod({ name: "virt-api", role: "infrastructure" });
		const pods = [infrastructure, aLauncher("orphan"), aLauncher("db"), aPod()];
		const whatIsLeft = (look: Look) =>
			/What is left: (.*); see/.exec(troubles(since(60), look).find(({ kind }) => kind === "stalled")?.says ?? "")?.[1];

		expect(whatIsLeft(aLook({ pods, vmis: [external] }))).toBe(
			"shop/db (eviction strategy External: its own controller has to move it), shop/virt-launcher-orphan (The launcher is Running, and there is no VMI for it), shop/web (The pod is Running)",
		);
		expect(whatIsLeft(aLook({ pods: [infrastructure] }))).toBe("shop/virt-api (The pod is Running)");
	});

	it("names what other trouble does not", () => {
		const blocks = aVmi("stuck", { evictionStrategy: "LiveMigrate", migratable: "no" });
		const ended = aVmi("db.v2", { phase: "Succeeded" });
		const look = aLook({ pods: [aLauncher("stuck"), aLauncher("db.v2")], vmis: [blocks, ended] });

		expect(troubles(since(60), look).map(({ kind, says }) => [kind, says])).toEqual([
			["vm-blocks", expect.stringContaining("VM shop/stuck will not leave")],
			[
				"stalled",
				"The drain of node-a stands still. What is left: shop/virt-launcher-db.v2 (The launcher of VMI db.v2 is Running); see what each waits for, or stop the VMs yourself.",
			],
		]);
	});

	it("counts what it does not name any more", () => {
		const pods = (count: number) => Array.from({ length: count }, (_, index) => aPod({ name: `web-${index + 1}` }));
		const left = (count: number) =>
			/this is left: (.*); get/.exec(
				troubles({ hooks: [aHook({ limitAt: NOW })] }, aLook({ pods: pods(count) }))[0]?.says ?? "",
			)?.[1];
		const eight = "shop/web-1, shop/web-2, shop/web-3, shop/web-4, shop/web-5, shop/web-6, shop/web-7, shop/web-8";

		expect(left(8)).toBe(eight);
		expect(left(10)).toBe(`${eight} and 2 more`);
	});

	it("counts nothing where the node is not known yet", () => {
		const { node, ...fresh } = aRecord();

		expect(withLeft(fresh, full, NOW)).toBe(fresh);
	});

	it("is trouble too where nothing is left but a migration whose VMI nobody shows", () => {
		const migration = aMigration("db", { phase: "Running", sourceNode: "node-a", targetNode: "node-b" });
		const left = { vms: 0, pods: 0, changedAt: NOW - 30 * MINUTE };
		const [trouble] = troubles({ left }, aLook({ migrations: [migration] }));

		expect(trouble?.says).toContain(
			`What is left: shop/${migration.name} (the migration of db is Running); see what each waits for`,
		);
	});

	it("names a VM, and not its migration beside it", () => {
		const migrations = [
			aMigration("db", { sourceNode: "node-a", targetNode: "node-b" }),
			aMigration("gone", { name: "other", uid: "other-uid", sourceNode: "node-a", targetNode: "node-b" }),
		];
		const [trouble] = troubles(since(60), { ...full, migrations });

		expect(trouble?.says).toBe(
			"The drain of node-a stands still. What is left: shop/db (eviction strategy External: its own controller has to move it), shop/web (The pod is Running and being deleted), shop/other (the migration of gone is Running); see what each waits for, or stop the VMs yourself.",
		);
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

	it("is told of a deadline too, in the last quarter of the time to it", () => {
		const deadline = NOW + MINUTE;

		expect(troubles({ deadline, openedAt: NOW - 3 * MINUTE })).toStrictEqual([
			{
				kind: "hook-ends",
				about: "i-0123456789abcdef0",
				says: "The deadline is at 2026-08-01T12:01:00.000Z, and this is left: shop/db, shop/web; get it off the node before, or stop the VMs yourself.",
			},
		]);
		expect(troubles({ deadline, openedAt: NOW - 2 * MINUTE })).toStrictEqual([]);
		expect(troubles({ deadline, openedAt: NOW - 9 * MINUTE }, aLook())).toStrictEqual([]);
	});

	it("is told once where the deadline is the limit of a hook", () => {
		const deadline = NOW + MINUTE;
		const hooks = [aHook(), aHook({ hook: "other", token: "token-2", limitAt: deadline })];

		expect(troubles({ deadline, openedAt: NOW - 9 * MINUTE, hooks }).map(({ about }) => about)).toStrictEqual(["other"]);
	});
});

describe("the half hour of what is left", () => {
	const stuck: Trouble = { kind: "vm-blocks", about: "shop/db", says: "VM shop/db will not leave." };
	const restartedBy = (known: Trouble, ...still: Trouble[]) => {
		const record = aRecord({ ...since(60), trouble: [known] });
		const after = withTroubleOver(record, still, NOW);
		expect(after).toEqual(after === record ? record : { ...record, left: { vms: 1, pods: 2, changedAt: NOW } });
		return after !== record;
	};

	it("begins anew when other trouble is over", () => {
		expect(restartedBy(stuck)).toBe(true);
		expect(restartedBy(stuck, { ...stuck, about: "shop/web" })).toBe(true);
		expect(restartedBy(stuck, { ...stuck, kind: "no-room" })).toBe(true);
	});

	it("goes on while that trouble lasts, whatever else there is", () => {
		expect(restartedBy(stuck, stuck)).toBe(false);
		expect(restartedBy(stuck, { ...stuck, about: "shop/web" }, stuck)).toBe(false);
	});

	it.each(["stalled", "heartbeat-refused", "hook-ends", "hook-lost", "hook-too-short"] as const)(
		"does not mind trouble of kind %s",
		(kind) => {
			expect(restartedBy({ ...stuck, kind })).toBe(false);
		},
	);

	it("begins anew with the first trouble of several that is over", () => {
		const record = aRecord({ ...since(60), trouble: [stuck, { ...stuck, about: "shop/web" }] });

		expect(withTroubleOver(record, [stuck], NOW).left).toEqual({ vms: 1, pods: 2, changedAt: NOW });
	});

	it("is that of no drain of which nothing was seen yet", () => {
		const record = aRecord({ trouble: [stuck] });

		expect(withTroubleOver(record, [], NOW)).toBe(record);
	});
});

describe("news", () => {
	const [old, fresh] = [guardUnreachable("shop/a", "no answer"), guardUnreachable("shop/b", "no answer")];

	it("is what the record does not know, and once an hour all there is", () => {
		const record = { trouble: [old], toldAt: NOW - 59 * MINUTE, openedAt: NOW - 300 * MINUTE };

		expect(newsOf(record, [old, fresh], NOW)).toEqual([fresh]);
		expect(newsOf(record, [old, fresh], NOW + MINUTE)).toEqual([old, fresh]);
	});

	it("is all there is an hour after the opening, where nothing says that all was ever told", () => {
		const record = { trouble: [old], openedAt: NOW - 59 * MINUTE };

		expect(newsOf(record, [old], NOW)).toEqual([]);
		expect(newsOf(record, [old], NOW + MINUTE)).toEqual([old]);
	});

	it("puts off the reminder only when all was told", () => {
		const record = aRecord({ trouble: [old, fresh], toldAt: NOW - MINUTE });

		expect(withTold(record, [fresh], NOW)).toBe(record);
		expect(withTold(record, [old, fresh], NOW)).toEqual({ ...record, toldAt: NOW });
	});

	it("leaves a record alone that has nothing to tell, or was told at this very instant", () => {
		const quiet = aRecord({ toldAt: NOW - MINUTE });
		const told = aRecord({ trouble: [old], toldAt: NOW });

		expect(withTold(quiet, [], NOW)).toBe(quiet);
		expect(withTold(told, [old], NOW)).toBe(told);
	});
});
