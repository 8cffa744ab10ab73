import { describe, expect, it } from "@jest/globals";
import type { Look } from "../../src/domain/look.ts";
import { chooseNode } from "../../src/domain/node-choice.ts";
import { strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { newTroubles, troublesOf } from "../../src/domain/trouble-of.ts";
import { guardMissing, guardUnreachable, instanceGone } from "../../src/domain/trouble-texts.ts";
import {
	aHook,
	aHost,
	aLauncher,
	aLook,
	aMigration,
	aMigrationState,
	aNode,
	aPod,
	aRecord,
	aVm,
	aVmi,
	INSTANCE,
	NOW,
	ours,
} from "./builders.ts";

const troubles = (look: Partial<Look>, record: Partial<MaintenanceRecord> = {}) =>
	troublesOf(aLook(look), aRecord(record), strictPolicy, NOW);
const refused = (why: string, count = 3) => ({ refusals: { "web-uid": { count, nextAt: NOW + 1, why } } });

describe("trouble", () => {
	it("is none on a node that drains well", () => {
		const vmis = [aVmi("db", { evictionStrategy: "LiveMigrate" })];

		expect(troubles({ vmis, pods: [aPod(), aLauncher("db")] }, refused("budget", 2))).toEqual([]);
	});

	it("is a Node that is gone", () => {
		const { node, ...look } = aLook();

		expect(troublesOf(look, aRecord(), strictPolicy, NOW)).toEqual([
			{
				kind: "no-node",
				about: "node-a",
				says: `Node node-a of ${INSTANCE} is not in cluster blue any more; check that its VMs run elsewhere and complete the hook by hand.`,
			},
		]);
	});

	it("is a Node that is another one now", () => {
		expect(troubles({ node: aNode({ uid: "other" }) }).map(({ kind, about }) => [kind, about])).toEqual([
			["not-our-node", "node-a"],
		]);
	});

	it("is none about the identity of a node that was not known before", () => {
		const { node, ...fresh } = aRecord();

		expect(troublesOf(aLook(), fresh, strictPolicy, NOW)).toEqual([]);
	});

	it("is a node that is silent", () => {
		expect(troubles({ node: aNode({ ready: false }) })).toEqual([
			{
				kind: "node-not-ready",
				about: "node-a",
				says: "Node node-a is not ready, so nothing on it can end or migrate and its VMs count as alive; bring its kubelet back.",
			},
		]);
	});

	it("is a VM that blocks, one that lacks room, and one that would end", () => {
		const vmis = [
			aVmi("stuck", { evictionStrategy: "LiveMigrate", migratable: "no", notMigratableBecause: "DisksNotLiveMigratable" }),
			aVmi("big", { evictionStrategy: "LiveMigrate" }),
			aVmi("manual"),
		];
		const pods = [aLauncher("big", { requests: { memory: 1 } })];
		const surroundings = { nodes: [aHost({ allocatable: {} })], pods: [] };

		expect(troubles({ vmis, pods, surroundings, vms: [aVm("manual", "Manual")] })).toEqual([
			{
				kind: "vm-blocks",
				about: "shop/stuck",
				says: "VM shop/stuck will not leave: eviction strategy LiveMigrate, but it cannot migrate: DisksNotLiveMigratable; change that, or stop the VM.",
			},
			{
				kind: "no-room",
				about: "shop/big",
				says: "VM shop/big stays for now: eviction strategy LiveMigrate, but no other node could host it; add a node that fits it, or free one.",
			},
			{
				kind: "vm-would-end",
				about: "shop/manual",
				says: "VM shop/manual would be stopped and not started again (its VirtualMachine has run strategy Manual); name it in an order's mayEnd (in the policy's it counts for drains to come), or stop it yourself.",
			},
		]);
	});

	it("is a VM that would be lost", () => {
		const { owner, ...bare } = aVmi("db");

		expect(troubles({ vmis: [bare] })).toEqual([
			{
				kind: "vm-would-end",
				about: "shop/db",
				says: "VM shop/db would be lost (nothing owns it, so nothing starts it again); name it in an order's mayEnd (in the policy's it counts for drains to come), or stop it yourself.",
			},
		]);
	});

	it("is not a VM that may end, nor one that somebody else deletes", () => {
		const look = { vmis: [aVmi("db"), aVmi("old", { deleting: true })], vms: [aVm("db", "Manual"), aVm("old", "Manual")] };

		expect(troubles(look, { mayEnd: ["shop/db"] })).toEqual([]);
	});

	it("is a VM whose migrations failed three times, with the last reason", () => {
		const vmis = [aVmi("db", { evictionStrategy: "LiveMigrate", evacuationNodeName: ours.name })];
		const failed = (seconds: number, failureReason: string) =>
			aMigration("db", { uid: failureReason, createdAt: NOW - 60_000 + seconds * 1000, phase: "Failed", failureReason });
		const migrations = [failed(3, "Target pod is down"), failed(1, "stuck"), failed(2, "aborted")];

		expect(troubles({ vmis, migrations })).toEqual([
			{
				kind: "migration-failing",
				about: "shop/db",
				says: "3 migrations of VM shop/db have failed, the last one: Target pod is down; KubeVirt goes on trying, remove the reason.",
			},
		]);
		expect(troubles({ vmis, migrations: migrations.slice(1) })).toEqual([]);
		expect(troubles({ vmis, migrations: [...migrations, aMigration("db", { phase: "Succeeded" })] })).toEqual([]);
		expect(troubles({ vmis, migrations }, { openedAt: NOW - 58_000 })).toEqual([]);
	});

	it.each([
		["what the VM says of its last migration", { failureReason: "the guest is too busy" }, "the guest is too busy"],
		["that KubeVirt gives no reason", undefined, "KubeVirt gives no reason"],
	])("says of failed migrations %s, where the migrations say nothing", (_, some, reason) => {
		const migration = some && aMigrationState({ failed: true, ended: true, ...some });
		const vmis = [
			aVmi("db", { evictionStrategy: "LiveMigrate", evacuationNodeName: ours.name, ...(migration && { migration }) }),
		];
		const migrations = [1, 2, 3].map((n) => aMigration("db", { uid: `m${n}`, phase: "Failed" }));

		expect(troubles({ vmis, migrations }).map(({ says }) => says)).toEqual([
			`3 migrations of VM shop/db have failed, the last one: ${reason}; KubeVirt goes on trying, remove the reason.`,
		]);
	});

	it.each([
		["This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", "leave it only one"],
		["Cannot evict pod as it would violate the pod's disruption budget.", "make room in its PodDisruptionBudget"],
		["admission webhook denied the request", "remove the reason"],
	])('says of a pod that was refused because "%s" how to go on', (why, wayOut) => {
		expect(troubles({ pods: [aPod()] }, refused(why)).map(({ says }) => says)).toEqual([
			`The eviction of shop/web was refused 3 times (${why}); ${wayOut}.`,
		]);
	});

	it("is a pod that was refused three times, and a guard that cannot be asked", () => {
		expect(troubles({ pods: [aPod()] }, refused("The disruption budget web needs 2 healthy pods and has 2 currently"))).toEqual([
			{
				kind: "eviction-refused",
				about: "shop/web",
				says: "The eviction of shop/web was refused 3 times (The disruption budget web needs 2 healthy pods and has 2 currently); make room in its PodDisruptionBudget.",
			},
		]);
		expect(troubles({ pods: [aPod()] }, refused('failed calling webhook "x": connection refused'))).toEqual([
			{
				kind: "guard-unreachable",
				about: "shop/web",
				says: 'The API server cannot ask KubeVirt about shop/web (failed calling webhook "x": connection refused); bring virt-api back.',
			},
		]);
	});

	it("is a launcher that has outlived its migration", () => {
		const fate = { kind: "migrates", why: "eviction strategy LiveMigrate" } as const;
		const story = { namespace: "shop", name: "db", uid: "db-vmi", fate, outcome: { kind: "migrated", to: "node-b" } } as const;
		const look = { pods: [aLauncher("db")], vmis: [aVmi("db", { nodeName: "node-b", nodeLabel: "node-b" })] };

		expect(troubles(look, { vms: [{ ...story, outcomeAt: NOW - 60_001 }] })).toEqual([
			{
				kind: "eviction-refused",
				about: "shop/virt-launcher-db",
				says: "Launcher shop/virt-launcher-db still runs on node-a though its VM has migrated; look which of its containers does not end, and delete the pod by hand.",
			},
		]);
	});

	it("is a hook that is lost, and one that is too short", () => {
		const hooks = [aHook({ hook: "a", lostAt: NOW }), aHook({ hook: "b", timeoutSeconds: 60 })];

		expect(troubles({}, { hooks })).toEqual([
			{
				kind: "hook-lost",
				about: "a",
				says: "AWS no longer knows the action of hook a of group workers: another one answered it or it timed out, and AWS may take the instance; see the group's activities.",
			},
			{
				kind: "hook-too-short",
				about: "b",
				says: "Hook b of group workers times out after 60 s, which one slow turn can outlast; give it at least 300 s.",
			},
		]);
	});

	it("is no hook that AWS has not known since the mark was set: that was our own answer", () => {
		const hooks = [aHook({ hook: "a", lostAt: NOW })];
		const kinds = (markedAt: number) => troubles({}, { hooks, markedAt }).map(({ kind }) => kind);

		expect(kinds(NOW)).toEqual([]);
		expect(kinds(NOW + 1)).toEqual(["hook-lost"]);
	});

	it("is told once", () => {
		const [known, other] = [instanceGone({ instanceId: "i-1", vms: [] }), guardMissing({ namespace: "shop", name: "db" })];

		expect(newTroubles([known], [{ ...known, says: "in other words" }, other, guardUnreachable("shop/db", "no answer")])).toEqual(
			[other, guardUnreachable("shop/db", "no answer")],
		);
		expect(newTroubles([known, other], [other, guardUnreachable("shop/db", "no answer")])).toEqual([
			guardUnreachable("shop/db", "no answer"),
		]);
	});
});

describe("the choice of the Node", () => {
	const { node: _, ...fresh } = aRecord();

	it("takes the one that carries the instance", () => {
		expect(chooseNode([aHost(), aNode()], fresh)).toEqual({ node: aNode() });
		expect(chooseNode([aNode()], aRecord())).toEqual({ node: aNode() });
	});

	it.each([
		["nobody carries it", [aHost()], fresh, "no-node"],
		["our Node is gone", [], aRecord(), "no-node"],
		["our Node is gone and another is there", [aHost()], aRecord(), "no-node"],
		["two carry it", [aNode(), aNode({ name: "node-c" })], fresh, "two-nodes"],
		["ours was made anew", [aNode({ uid: "other" })], aRecord(), "not-our-node"],
		["ours carries another instance", [aHost({ name: ours.name })], aRecord(), "not-our-node"],
	] as const)("is trouble when %s", (_, nodes, record, kind) => {
		const choice = chooseNode(nodes, record);

		expect("trouble" in choice && choice.trouble.kind).toBe(kind);
	});
});
