import { describe, expect, it } from "@jest/globals";
import { evictionsDue, evictionsPausing, keepRules } from "../../src/domain/evictions.ts";
import type { Look, PodFacts } from "../../src/domain/look.ts";
import { type Policy, strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import { nextRefusal } from "../../src/domain/refusal.ts";
import { aLauncher, aLook, aMigrationState, aPod, aRecord, aVm, aVmi, GIB, NOW, ownedBy, toleratesCordon } from "./builders.ts";

const due = (some: Partial<Look>, record: Partial<MaintenanceRecord> = {}, policy: Policy = strictPolicy) =>
	evictionsDue(aLook(some), aRecord(record), policy, NOW).map(({ name }) => name);

const liveMigrate = { evictionStrategy: "LiveMigrate" } as const;
const web = ownedBy("ReplicaSet", "web", "apps/v1");
const api = aPod({ name: "virt-api", role: "infrastructure", owner: web });
const volumeOf = (launcher: PodFacts) =>
	aPod({ name: "hp-volume", role: "hotplug", owner: { ...ownedBy("Pod", launcher.name, "v1"), uid: launcher.uid } });

describe("evictions", () => {
	it("ask for launchers first, the largest guest before the others, then for ordinary pods by name", () => {
		const pods = [aPod({ name: "web-2" }), aLauncher("small"), aPod({ name: "web-1" }), aLauncher("large"), aLauncher("fair")];
		const vmis = [
			aVmi("small", liveMigrate),
			aVmi("large", { ...liveMigrate, memoryBytes: 8 * GIB }),
			aVmi("fair", { ...liveMigrate, memoryBytes: 2 * GIB }),
		];

		expect(due({ pods, vmis })).toEqual(["virt-launcher-large", "virt-launcher-fair", "virt-launcher-small", "web-1", "web-2"]);
	});

	it("ask for pods of one turn by namespace and name, however they are listed", () => {
		const places = ["shop/c", "bank/d", "shop/a", "bank/b", "shop/b", "zoo/a"];
		const pods = places.map((place) => aPod({ namespace: place.split("/")[0] ?? "", name: place.split("/")[1] ?? "" }));
		const order = (look: readonly PodFacts[]) =>
			evictionsDue(aLook({ pods: look }), aRecord(), strictPolicy, NOW).map(({ namespace, name }) => `${namespace}/${name}`);

		expect(order(pods)).toEqual(places.toSorted());
		expect(order(pods.toReversed())).toEqual(places.toSorted());
	});

	it("ask for a launcher that came after the cordon, as its VM's fate says, whatever it tolerates", () => {
		const launcher = aLauncher("db", { tolerations: toleratesCordon, createdAt: NOW });

		expect(due({ pods: [launcher], vmis: [aVmi("db", liveMigrate)] })).toEqual(["virt-launcher-db"]);
	});

	it("ask for infrastructure last, once no VMI has to do with the node", () => {
		expect(due({ pods: [api, aPod()] })).toEqual(["web", "virt-api"]);
		expect(due({ pods: [api, aPod()], vmis: [aVmi("db", { ...liveMigrate, migratable: "no" })] })).toEqual(["web"]);
	});

	it.each([
		["has ended", aPod({ phase: "Succeeded" })],
		["is being deleted", aPod({ deleting: true })],
		["is of a DaemonSet", aPod({ owner: ownedBy("DaemonSet", "agent", "apps/v1") })],
		["is a mirror", aPod({ mirror: true })],
		["is the completed launcher of a migration", aLauncher("db", { phase: "Succeeded" })],
		["is a launcher without a VMI", aLauncher("db")],
	])("never ask for a pod that %s", (_, pod) => {
		expect(due({ pods: [pod] })).toEqual([]);
	});

	it("leave a volume alone while its launcher lives, and take it afterwards", () => {
		const launcher = aLauncher("db");
		const vmis = [aVmi("db", { ...liveMigrate, migration: aMigrationState() })];

		expect(due({ pods: [volumeOf(launcher), launcher], vmis })).toEqual([]);
		expect(due({ pods: [volumeOf(launcher)] })).toEqual(["hp-volume"]);
	});

	it.each([
		["is marked already", { evacuationNodeName: "node-a" }],
		["migrates already", { migration: aMigrationState() }],
		["is being deleted", { deleting: true }],
		["has ended", { phase: "Failed" }],
		["runs elsewhere", { nodeName: "node-b", nodeLabel: "node-b" }],
		["cannot migrate", { migratable: "no" }],
		["is only starting", { phase: "Scheduled", migratable: "unknown" }],
	] as const)("do not ask for the launcher of a LiveMigrate VM that %s", (_, some) => {
		expect(due({ pods: [aLauncher("db")], vmis: [aVmi("db", { ...liveMigrate, ...some })] })).toEqual([]);
	});

	it("do not ask for the target of a migration that comes in", () => {
		const migration = aMigrationState({ sourceNode: "node-b", targetNode: "node-a" });
		const vmis = [aVmi("db", { ...liveMigrate, nodeName: "node-b", nodeLabel: "node-b", migration })];

		expect(due({ pods: [aLauncher("db", { migrationUid: "move-uid" })], vmis })).toEqual([]);
	});

	it("ask again for a VM that was marked for another node and has come here", () => {
		const vmis = [aVmi("db", { ...liveMigrate, evacuationNodeName: "node-z" })];

		expect(due({ pods: [aLauncher("db", { migrationUid: "old" })], vmis })).toEqual(["virt-launcher-db"]);
	});

	it("ask for a VM that its VirtualMachine starts again", () => {
		expect(due({ pods: [aLauncher("db")], vmis: [aVmi("db")], vms: [aVm("db", "Always")] })).toEqual(["virt-launcher-db"]);
	});

	it.each([
		["nobody allows it", {}, strictPolicy, []],
		["the policy allows it", {}, { mayEnd: [{ namespace: "sh*", name: "db" }] }, ["virt-launcher-db"]],
		["the policy allows what is spelled like it", {}, { mayEnd: [{ namespace: "shop", name: "d." }] }, []],
		["the policy allows others", {}, { mayEnd: [{ namespace: "shop", name: "web*" }] }, []],
		["a request allows it", { mayEnd: ["shop/db"] }, strictPolicy, ["virt-launcher-db"]],
	])("ask for a VM that would stop when %s", (_, record, policy, expected) => {
		const look = { pods: [aLauncher("db")], vmis: [aVmi("db")], vms: [aVm("db", "Manual")] };

		expect(due(look, record, policy)).toEqual(expected);
	});

	it("keep what the last survey said about room", () => {
		const fate = { kind: "blocks", until: "room", why: "no room" } as const;
		const vms = [{ namespace: "shop", name: "db", uid: "db-vmi", fate }];

		expect(due({ pods: [aLauncher("db")], vmis: [aVmi("db", liveMigrate)] }, { vms })).toEqual([]);
	});

	it("pause for a pod that was refused, and only as long as the refusal says", () => {
		const pods = [aPod()];
		const refused = (nextAt: number) => ({ refusals: { "web-uid": { count: 1, nextAt, why: "budget" } } });

		expect(due({ pods }, refused(NOW + 1))).toEqual([]);
		expect(due({ pods }, refused(NOW))).toEqual(["web"]);
		expect(evictionsPausing(aLook({ pods }), aRecord(refused(NOW + 1)), strictPolicy, NOW)).toEqual(pods);
		expect(evictionsPausing(aLook({ pods }), aRecord(refused(NOW)), strictPolicy, NOW)).toEqual([]);
	});

	it("are kept by rules that can be called by name", () => {
		expect(keepRules.map(({ name }) => name)).toEqual([
			"is over",
			"is deleting",
			"stays with node",
			"carries volume of live vm",
			"serves migrations",
			"is orphan",
			"is ending anyway",
			"is marked already",
			"migrates already",
			"belongs to vm elsewhere",
			"is blocked",
			"ends without leave",
		]);
	});
});

describe("a refusal", () => {
	it("pauses for 5 seconds, then twice as long each time, and never longer than 300", () => {
		const pauses: number[] = [];
		let refusal = nextRefusal(undefined, { says: "budget" }, NOW);
		for (let count = 0; count < 8; count++) {
			pauses.push((refusal.nextAt - NOW) / 1000);
			refusal = nextRefusal(refusal, { says: "budget" }, NOW);
		}

		expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
		expect(refusal).toEqual({ count: 9, nextAt: NOW + 300_000, why: "budget" });
	});

	it("honours a longer pause that the API server asks for", () => {
		expect(nextRefusal(undefined, { says: "overload", retryAfterSeconds: 10 }, NOW)).toEqual({
			count: 1,
			nextAt: NOW + 10_000,
			why: "overload",
		});
		expect(nextRefusal(undefined, { says: "overload", retryAfterSeconds: 1 }, NOW).nextAt).toBe(NOW + 5_000);
	});
});
