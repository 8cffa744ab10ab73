import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import { prove } from "../../src/domain/proof.ts";
import type { Left, MaintenanceRecord } from "../../src/domain/record.ts";
import { withSlot } from "../../src/domain/record-changes.ts";
import { withLeft } from "../../src/domain/standstill.ts";
import type { Trouble } from "../../src/domain/trouble.ts";
import { troublesOf } from "../../src/domain/trouble-of.ts";
import { withProofRefused, withProved, withUncordoned } from "../../src/domain/unproven.ts";
import {
	aHook,
	aLauncher,
	aLook,
	aMigration,
	aNode,
	anEmptyLook,
	aPod,
	aRecord,
	CORDONED,
	NOW,
	ours,
	toleratesCordon,
} from "./builders.ts";

const MINUTE = 60_000;
const basis = { node: ours, cordonedAt: CORDONED };
const pending = (vmi = "huge") => {
	const { nodeName, ...launcher } = aLauncher(vmi, { phase: "Pending", tolerations: toleratesCordon });
	return launcher;
};
const refused = (look: Partial<Look>) => {
	const proof = prove(anEmptyLook(look), basis);
	return proof.safe ? [] : proof.because;
};
const comes = refused({ unboundLaunchers: [pending()] });
const empty = (some: Partial<Left> = {}): Partial<MaintenanceRecord> => ({
	left: { vms: 0, pods: 0, changedAt: NOW - 60 * MINUTE, ...some },
});
const HUGE =
	"delete the VMs that wait for a node, bind them to others, or take their toleration away: shop/virt-launcher-huge (The launcher has no node yet, tolerates the cordon and may be bound to this node)";
const LIFTED = "see who lifts its cordon: node-a (The Node is not cordoned)";
const troubles = (record: Partial<MaintenanceRecord>, look: Look = aLook(), now = NOW): readonly Trouble[] =>
	troublesOf(look, aRecord(record), strictPolicy, now);

describe("a proof that is refused though nothing is left", () => {
	it("is remembered with what it found, and since when it is refused in a row", () => {
		const first = withProofRefused(aRecord(empty()), comes, NOW);
		const second = withProofRefused(first, comes, NOW + MINUTE);
		const third = withProofRefused(second, refused({ unboundLaunchers: [pending(), pending("db")] }), NOW + 2 * MINUTE);

		expect(first.left).toEqual({ vms: 0, pods: 0, changedAt: NOW, unproven: HUGE });
		expect(second).toBe(first);
		expect(third.left?.unproven).toContain(", shop/virt-launcher-db (The launcher has");
		expect(third.left?.changedAt).toBe(NOW);
	});

	it("names the VMs' way out also where somebody lifts the cordon besides, and leaves no full stop but those within", () => {
		const both = [
			{ rule: "S7", about: "node-a", says: "It was cordoned 3.5 s ago." },
			{ rule: "S7", about: "shop/db", says: "It waits." },
		] as const;
		const { left } = withProofRefused(aRecord(empty()), both, NOW);

		expect(left?.unproven).toBe(
			"delete the VMs that wait for a node, bind them to others, or take their toleration away: node-a (It was cordoned 3.5 s ago), shop/db (It waits)",
		);
	});

	it("is forgotten when a look proves it, or shows that something has come", () => {
		const record = withProofRefused(aRecord(empty()), comes, NOW);

		expect(withProved(record).left).toEqual({ vms: 0, pods: 0, changedAt: NOW });
		expect(withLeft(record, aLook(), NOW + MINUTE)).toBe(record);
		expect(withLeft(record, aLook({ pods: [aPod()] }), NOW + MINUTE).left).toEqual({ vms: 0, pods: 1, changedAt: NOW + MINUTE });
	});

	it.each<[string, MaintenanceRecord, ReturnType<typeof refused>]>([
		["what every look shows speaks against it", aRecord(empty()), refused({ unboundLaunchers: [pending()], pods: [aPod()] })],
		["nothing speaks against it", aRecord(empty()), []],
		["a VM was left at the last look", aRecord(empty({ vms: 1 })), comes],
		["a pod was left at the last look", aRecord(empty({ pods: 1 })), comes],
		["nobody has looked yet", aRecord(), comes],
	])("is not remembered where %s", (_, record, because) => {
		expect(withProofRefused(record, because, NOW)).toBe(record);
	});

	it("leaves a record alone of which nothing was refused", () => {
		const [quiet, fresh] = [aRecord(empty()), aRecord()];

		expect(withProved(quiet)).toBe(quiet);
		expect(withProved(fresh)).toBe(fresh);
	});

	it("keeps no more of it than a record holds", () => {
		const many = Array.from({ length: 20 }, (_, index) => pending(`${index}${"v".repeat(200)}`));
		const { left } = withProofRefused(aRecord(empty()), refused({ unboundLaunchers: many }), NOW);

		expect(left?.unproven?.length).toBeLessThanOrEqual(500);
		expect(left?.unproven).toMatch(/^delete the VMs/);
	});
});

describe("a cordon that somebody lifts though nothing is left", () => {
	const lifted = aLook({ node: aNode({ unschedulable: false }) });

	it("is remembered, and its half hour begins with the first time", () => {
		const first = withUncordoned(aRecord(empty()), lifted, NOW);

		expect(first.left).toEqual({ vms: 0, pods: 0, changedAt: NOW, unproven: LIFTED });
		expect(withUncordoned(first, lifted, NOW + MINUTE)).toBe(first);
		expect(withProofRefused(first, comes, NOW + MINUTE).left).toEqual({ ...first.left, unproven: HUGE });
	});

	const { node, ...nodeless } = aRecord(empty());
	const { cordonedAt, ...fresh } = aRecord(empty());
	const cancel = { at: NOW, issuedAt: NOW, requestId: "op-1" };
	const migrates = aMigration("db", { sourceNode: "node-a", targetNode: "node-b" });
	it.each<[string, MaintenanceRecord, Look]>([
		["the node is cordoned", aRecord(empty()), aLook()],
		["this drain has not cordoned it yet", fresh, lifted],
		["the drain is cancelled", aRecord({ ...empty(), cancel }), lifted],
		["the Node is another one", aRecord(empty()), aLook({ node: aNode({ uid: "other", unschedulable: false }) })],
		["there is no Node", aRecord(empty()), (({ node, ...look }) => look)(aLook())],
		["the node is not known yet", nodeless, lifted],
		["a migration is left", aRecord(empty()), { ...lifted, migrations: [migrates] }],
	])("is not remembered where %s", (_, record, look) => {
		expect(withUncordoned(record, look, NOW)).toBe(record);
	});
});

describe("a drain that has nothing left and does not end", () => {
	const since = (minutes: number, unproven = HUGE) => empty({ unproven, changedAt: NOW - minutes * MINUTE });
	const kinds = (record: Partial<MaintenanceRecord>, look?: Look) => troubles(record, look).map(({ kind }) => kind);

	it("is trouble after half an hour, with the proof's own sentence and the way out", () => {
		expect(troubles(since(29))).toEqual([]);
		expect(troubles(since(30))).toEqual([
			{
				kind: "stalled",
				about: "node-a",
				says: `Nothing is left on node-a, but it is not proved that nothing more comes; ${HUGE}.`,
			},
		]);
		expect(troubles(since(30, LIFTED))[0]?.says).toContain("; see who lifts its cordon: node-a (The Node is not cordoned).");
	});

	it("is no trouble where nothing was refused, or while it waits for a slot, which gives it its half hour anew", () => {
		const slot = { since: NOW - 40 * MINUTE, place: 1, orders: 0 };

		expect(kinds(empty())).toEqual([]);
		expect(kinds({ ...since(30), slot })).toEqual([]);
		expect(kinds(withSlot(aRecord({ ...since(30), slot }), NOW))).toEqual([]);
	});

	it("is trouble too where the node is silent", () => {
		expect(kinds(since(30), aLook({ node: aNode({ ready: false }) }))).toEqual(["node-not-ready", "stalled"]);
	});

	it("is no trouble of its own where the Node is another one or gone", () => {
		const { node, ...gone } = aLook();

		expect(kinds(since(30), aLook({ node: aNode({ uid: "other" }) }))).toEqual(["not-our-node"]);
		expect(kinds(since(30), gone)).toEqual(["no-node"]);
	});

	it("is told when time runs out, however short it has lasted, unless it is cancelled", () => {
		const hooks = [aHook({ limitAt: NOW })];
		const cancel = { at: NOW, issuedAt: NOW, requestId: "op-1" };

		expect(troubles({ ...since(1), hooks }).map(({ kind, says }) => [kind, says])).toEqual([
			[
				"hook-ends",
				`AWS takes the instance when hook drain of group workers reaches its limit at 2026-08-01T12:00:00.000Z, and though nothing is left it is not proved that nothing comes; ${HUGE}.`,
			],
		]);
		expect(kinds({ ...empty(), hooks })).toEqual([]);
		expect(kinds({ ...since(1), hooks, cancel })).toEqual(["cancel-held"]);
	});
});
