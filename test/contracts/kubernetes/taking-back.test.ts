import { describe, expect, it } from "@jest/globals";
import { createCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { migrationFacts } from "../../../src/adapters/kubernetes/facts/migration-facts.ts";
import { nodeFacts } from "../../../src/adapters/kubernetes/facts/node-facts.ts";
import { vmiFacts } from "../../../src/adapters/kubernetes/facts/vmi-facts.ts";
import { ClusterForbidden, ClusterRefused } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { createSimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { Cluster } from "../../../src/ports.ts";
import { addNode, identityOf, simulatedCluster } from "./simulated-cluster.ts";

const marks = { "evacuator.io/maintenance": "i-0123456789abcde01-1", "evacuator.io/reason": "kernel" };
const all = { schedulable: true, annotations: Object.keys(marks) };

describe("uncordoning", () => {
	const cordoned = async () => {
		const ground = simulatedCluster();
		const node = identityOf(addNode(ground.store, "node1"));
		await ground.asking((cluster) => cluster.cordon(node, { ...marks, "other.io/x": "y" }));
		return { ...ground, node, read: () => ground.store.get("nodes", undefined, "node1") };
	};

	it("takes the cordon and our annotations off in one patch with the uid in it, also a second time", async () => {
		const { asking, sent, node, read } = await cordoned();
		expect(await asking((cluster) => cluster.uncordon(node, all))).toEqual({
			value: "uncordoned",
			asked: ["patch /api/v1/nodes/node1"],
		});
		expect(sent()).toEqual({
			metadata: { uid: node.uid, annotations: { "evacuator.io/maintenance": null, "evacuator.io/reason": null } },
			spec: { unschedulable: null },
		});
		expect([read()?.spec?.unschedulable, read()?.metadata.annotations]).toEqual([undefined, { "other.io/x": "y" }]);
		expect((await asking((cluster) => cluster.uncordon(node, all))).value).toBe("uncordoned");
	});

	it("leaves a cordon that is not ours", async () => {
		const { asking, node, read } = await cordoned();
		await asking((cluster) => cluster.uncordon(node, { ...all, schedulable: false }));
		expect([read()?.spec?.unschedulable, read()?.metadata.annotations]).toEqual([true, { "other.io/x": "y" }]);
	});

	it("never touches a node of the same name with another uid or of another instance", async () => {
		const { asking, store, node } = await cordoned();
		const other = { ...node, providerId: "aws:///eu-west-1b/i-0123456789abcde09" };
		expect((await asking((cluster) => cluster.uncordon(other, { schedulable: false, annotations: [] }))).value).toBe("not ours");
		store.remove("nodes", undefined, "node1");
		expect((await asking((cluster) => cluster.uncordon(node, all))).value).toBe("no node");
		addNode(store, "node1");
		await asking((cluster) => cluster.cordon(identityOf(store.get("nodes", undefined, "node1") ?? never()), marks));
		expect((await asking((cluster) => cluster.uncordon(node, all))).value).toBe("not ours");
		expect(store.get("nodes", undefined, "node1")?.spec?.unschedulable).toBe(true);
	});

	it("is a fault when RBAC forbids it", async () => {
		const { fail, fault, node } = await cordoned();
		const no = { kind: "Status", reason: "Forbidden", message: "cannot patch nodes" };
		fail({ match: ({ verb }) => verb === "patch", effect: { status: 403, body: no } });
		expect(await fault((cluster) => cluster.uncordon(node, all))).toEqual(
			new ClusterForbidden("cannot uncordon Node node1: cannot patch nodes (403)"),
		);
	});
});

function never(): never {
	throw new Error("it is there");
}

/** Two nodes, and on the first one a VM that is marked and migrates for minutes. */
async function marked(kubevirtVersion: string, then: (ground: Marked) => Promise<void>): Promise<void> {
	const clock = new VirtualClock({ deadline: 3_600_000 });
	const simulation = createSimulatedCluster({ clock, name: "prod", kubevirtVersion });
	const name = simulation.add.node().metadata.name;
	simulation.add.node();
	simulation.add.vm({ namespace: "shop", name: "db", on: name, evictionStrategy: "LiveMigrate", migrationSeconds: 600 });
	const everything = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
	const token = simulation.users.add({ name: "evacuator", rules: everything });
	const authorize = async () => ({ authorization: `Bearer ${token}` });
	const cluster = createCluster({ name: "prod", clock, authorize, send: (request) => simulation.handle(request) });
	await clock.run(async () => {
		const node = nodeFacts(simulation.store.get("nodes", undefined, name));
		const [launcher] = (await cluster.look(node, "progress")).pods.filter(({ role }) => role === "launcher");
		if (launcher) await cluster.evict(launcher);
		await clock.sleep(10_000);
		const vmi = () => vmiFacts(simulation.store.get("virtualmachineinstances", "shop", "db"));
		const migrations = () => simulation.store.list("virtualmachineinstancemigrations").map(migrationFacts);
		await then({ simulation, cluster, clock, node, vmi, migrations });
	});
}

type Marked = {
	readonly simulation: ReturnType<typeof createSimulatedCluster>;
	readonly cluster: Cluster;
	readonly clock: VirtualClock;
	readonly node: ReturnType<typeof nodeFacts>;
	readonly vmi: () => ReturnType<typeof vmiFacts>;
	readonly migrations: () => readonly ReturnType<typeof migrationFacts>[];
};

describe.each(["1.9.0", "1.7.0"])("calling an evacuation off on KubeVirt %s", (kubevirt) => {
	it("takes the mark off while the migration goes on, and then calls that off too: no other one begins", () =>
		marked(kubevirt, async ({ cluster, clock, node, vmi, migrations }) => {
			expect(vmi().evacuationNodeName).toBe(node.name);
			expect(await cluster.cancelEvacuation(vmi(), node)).toEqual({ kind: "cancelled" });
			expect([vmi().evacuationNodeName, migrations().map(({ phase }) => phase)]).toEqual([undefined, ["Running"]]);
			expect(await cluster.cancelEvacuation(vmi(), node)).toEqual({ kind: "cancelled" });
			const [migration = never()] = migrations();
			expect(await cluster.cancelMigration({ ...migration, uid: "another" })).toBe("gone");
			expect(await cluster.cancelMigration(migration)).toBe("cancelled");
			await clock.sleep(30_000);
			expect([vmi().nodeName, migrations().filter(({ phase }) => phase === "Running")]).toEqual([node.name, []]);
			expect(await cluster.cancelMigration({ ...migration, name: "unknown" })).toBe("gone");
		}));

	it("leaves a mark for another node, and tells a VMI that is gone", () =>
		marked(kubevirt, async ({ cluster, node, vmi }) => {
			expect(await cluster.cancelEvacuation(vmi(), { ...node, name: "another" })).toMatchObject({ kind: "later" });
			expect(vmi().evacuationNodeName).toBe(node.name);
			expect(await cluster.cancelEvacuation({ ...vmi(), name: "unknown" }, node)).toEqual({ kind: "gone" });
		}));

	it("says why where it is refused, and that virt-api is down", () =>
		marked(kubevirt, async ({ simulation, cluster, node, vmi }) => {
			simulation.store.update("nodes", undefined, node.name, (draft) => {
				draft.spec = { ...draft.spec, taints: [{ key: "kubevirt.io/drain", effect: "NoSchedule" }] };
			});
			expect(await cluster.cancelEvacuation(vmi(), node)).toEqual({
				kind: "refused",
				says: expect.stringContaining('has NodeDrainTaintKey "kubevirt.io/drain:NoSchedule"'),
			});
			simulation.faults.virtApi("down");
			expect(await cluster.cancelEvacuation(vmi(), node)).toEqual({ kind: "later", says: "service unavailable" });
		}));

	it("is a fault when RBAC forbids it", () =>
		marked(kubevirt, async ({ simulation, cluster, node, vmi }) => {
			const no = { kind: "Status", reason: "Forbidden", message: "cannot update evacuate" };
			simulation.faults.api.add({ match: ({ verb }) => verb === "update", effect: { status: 403, body: no } });
			await expect(cluster.cancelEvacuation(vmi(), node)).rejects.toEqual(
				new ClusterForbidden("cannot cancel the evacuation of VMI shop/db: cannot update evacuate (403)"),
			);
			simulation.faults.api.add({
				match: ({ verb }) => verb === "delete",
				effect: { status: 422, body: { ...no, reason: "Invalid" } },
			});
			await expect(cluster.cancelMigration(migrationOf(vmi()))).rejects.toBeInstanceOf(ClusterRefused);
		}));
});

const migrationOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
	({ namespace, name: `of-${name}`, uid: "1", vmiName: name, phase: "Running", createdAt: 0 }) as const;

it("on KubeVirt 1.5 there is no API that takes a mark off", () =>
	marked("1.5.0", async ({ cluster, node, vmi }) => {
		expect(await cluster.cancelEvacuation(vmi(), node)).toEqual({ kind: "unsupported" });
		expect(vmi().evacuationNodeName).toBe(node.name);
	}));
