import { describe, expect, it } from "@jest/globals";
import { ClusterForbidden, ClusterRefused, ClusterUnreachable } from "../../../src/faults.ts";
import {
	addKubeVirt,
	addLauncher,
	addMigration,
	addNode,
	addPod,
	addVm,
	addVmi,
	identityOf,
	simulatedCluster,
} from "./simulated-cluster.ts";

const VMIS = "/apis/kubevirt.io/v1/virtualmachineinstances";
const MIGRATIONS = "/apis/kubevirt.io/v1/virtualmachineinstancemigrations";
const progress = [
	"list /api/v1/pods?fieldSelector=spec.nodeName=node1",
	`list ${VMIS}`,
	`list ${MIGRATIONS}`,
	"get /api/v1/nodes/node1",
];
const names = (items: readonly { name: string }[] | undefined) => items?.map(({ name }) => name);

function oneNode() {
	const ground = simulatedCluster();
	const node = identityOf(addNode(ground.store, "node1"));
	return { ...ground, node };
}

describe("finding a node", () => {
	it("by name asks for that name, and for nothing when it can be no name", async () => {
		const { asking } = oneNode();
		expect(await asking((cluster) => cluster.findNodes({ name: "node1" }))).toMatchObject({ value: [{ name: "node1" }] });
		expect(await asking((cluster) => cluster.findNodes({ name: "node2" }))).toEqual({
			value: [],
			asked: ["get /api/v1/nodes/node2"],
		});
		for (const name of ["", "..", "a/b", "a\nb", "node1?x=y", "Node1", "x".repeat(254)]) {
			expect(await asking((cluster) => cluster.findNodes({ name }))).toEqual({ value: [], asked: [] });
		}
	});

	it("by instance finds every node that carries it", async () => {
		const { store, asking } = oneNode();
		addNode(store, "node2", 2);
		addNode(store, "twin", 1);
		const { value, asked } = await asking((cluster) => cluster.findNodes({ instanceId: "i-0123456789abcde01" }));
		expect([names(value), asked]).toEqual([["node1", "twin"], ["list /api/v1/nodes"]]);
	});
});

describe("a look", () => {
	it("at progress takes four requests and sees the node's pods, all VMIs and all migrations", async () => {
		const { store, node, asking, clock } = oneNode();
		const here = addVmi(store, "here");
		addLauncher(store, here, "node1");
		addVmi(store, "elsewhere", { node: "node2", strategy: null });
		addPod(store, "plain", "node1");
		addPod(store, "other", "node2");
		addMigration(store, "here");
		const { value, asked } = await asking((cluster) => cluster.look(node, "progress"));
		expect(asked).toEqual(progress);
		expect({
			...value,
			node: value.node?.uid,
			pods: names(value.pods),
			vmis: names(value.vmis),
			migrations: value.migrations.length,
		}).toEqual({
			began: clock.now(),
			node: node.uid,
			pods: ["plain", "virt-launcher-here-node1"],
			vmis: ["elsewhere", "here"],
			migrations: 1,
			vms: [],
			defaultStrategy: "None",
		});
	});

	it("at the proof also sees unbound launchers, and looks at them before the node's pods", async () => {
		const { store, node, asking } = oneNode();
		addLauncher(store, addVmi(store, "vm1"));
		addPod(store, "unbound");
		const { value, asked } = await asking((cluster) => cluster.look(node, "proof"));
		const unbound = "list /api/v1/pods?fieldSelector=spec.nodeName=&labelSelector=kubevirt.io=virt-launcher";
		expect(asked).toEqual([unbound, ...progress]);
		expect([names(value.unboundLaunchers), value.pods]).toEqual([["virt-launcher-vm1-unbound"], []]);
	});

	it("does not miss a launcher that is bound between two of its requests", async () => {
		const { store, node, asking, fail } = oneNode();
		const launcher = addLauncher(store, addVmi(store, "vm1"));
		const bind = () => {
			store.update("pods", "vms", launcher.metadata.name, (pod) => {
				pod.spec = { ...pod.spec, nodeName: "node1" };
			});
		};
		fail({ match: ({ query }) => query.fieldSelector === "spec.nodeName=", times: 1, effect: { after: bind } });
		const { value } = await asking((cluster) => cluster.look(node, "proof"));
		expect([names(value.unboundLaunchers), names(value.pods)]).toEqual([
			["virt-launcher-vm1-unbound"],
			["virt-launcher-vm1-unbound"],
		]);
	});

	it.each(["survey", "progress", "proof"] as const)("takes no pod of a namesake for one of the node's (%s)", async (scope) => {
		const { store, node, asking, fail } = oneNode();
		const recreate = () => {
			store.remove("nodes", undefined, "node1");
			addNode(store, "node1", 2);
			addLauncher(store, addVmi(store, "innocent"), "node1");
		};
		fail({ match: () => true, times: 1, effect: { after: recreate } });
		const { value } = await asking((cluster) => cluster.look(node, scope));
		expect(value.node?.uid).not.toBe(node.uid);
	});

	it("at the surroundings takes five requests and splits the cluster", async () => {
		const { store, node, asking } = oneNode();
		addNode(store, "node2", 2);
		addKubeVirt(store, { evictionStrategy: "LiveMigrate" });
		addPod(store, "here", "node1");
		addPod(store, "there", "node2");
		addPod(store, "nowhere");
		addPod(store, "on-a-node-that-is-gone", "node9");
		addVmi(store, "vm1", { strategy: null });
		const { value, asked } = await asking((cluster) => cluster.look(node, "survey"));
		expect(asked).toEqual([
			"list /api/v1/pods",
			`list ${VMIS}`,
			`list ${MIGRATIONS}`,
			"list /api/v1/nodes",
			"list /apis/kubevirt.io/v1/kubevirts",
		]);
		expect([value.node?.uid, names(value.pods), value.defaultStrategy]).toEqual([node.uid, ["here"], "LiveMigrate"]);
		const { nodes, pods, kubevirt } = value.surroundings ?? {};
		expect([names(nodes), names(pods), kubevirt?.version]).toEqual([["node2"], ["there"], "v1.9.0"]);
	});

	it("sees the absence of the node and all the rest", async () => {
		const { store, node, asking } = oneNode();
		store.remove("nodes", undefined, "node1");
		addPod(store, "orphan", "node1");
		const { value } = await asking((cluster) => cluster.look(node, "progress"));
		expect(["node" in value, names(value.pods)]).toEqual([false, ["orphan"]]);
	});

	it("reads the cluster's default only when a live VMI on the node leaves its strategy open", async () => {
		const { store, node, asking } = oneNode();
		addKubeVirt(store, { evictionStrategy: "LiveMigrate" });
		addVmi(store, "done", { strategy: null, status: { phase: "Succeeded" } });
		expect((await asking((cluster) => cluster.look(node, "progress"))).asked).toEqual(progress);
		addVmi(store, "open", { strategy: null });
		const { value, asked } = await asking((cluster) => cluster.look(node, "progress"));
		expect([value.defaultStrategy, asked]).toEqual(["LiveMigrate", [...progress, "list /apis/kubevirt.io/v1/kubevirts"]]);
	});

	it("reads the VirtualMachines that an eviction would shut down, and no others", async () => {
		const { store, node, asking } = oneNode();
		const condition = { type: "LiveMigratable", status: "False", reason: "DisksNotLiveMigratable" };
		addVmi(store, "none", { strategy: "None", owner: addVm(store, "none", "RerunOnFailure") });
		addVmi(store, "if-possible", { strategy: "LiveMigrateIfPossible", owner: addVm(store, "if-possible") });
		addVmi(store, "stuck", {
			strategy: "LiveMigrateIfPossible",
			owner: addVm(store, "stuck"),
			status: { conditions: [condition] },
		});
		addVmi(store, "migrates", { owner: addVm(store, "migrates") });
		addVmi(store, "bare", { strategy: "None" });
		addVmi(store, "elsewhere", { node: "node2", strategy: "None", owner: addVm(store, "elsewhere") });
		const { value, asked } = await asking((cluster) => cluster.look(node, "progress"));
		expect(value.vms.map(({ name, runStrategy }) => [name, runStrategy])).toEqual([
			["none", "RerunOnFailure"],
			["stuck", "Always"],
		]);
		const vms = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines";
		expect(asked).toEqual([...progress, `get ${vms}/none`, `get ${vms}/stuck`]);
	});

	it("reads more than a few VirtualMachines with one request", async () => {
		const { store, node, asking } = oneNode();
		for (let i = 0; i < 6; i++) addVmi(store, `vm${i}`, { strategy: "None", owner: addVm(store, `vm${i}`) });
		addVm(store, "another");
		const { value, asked } = await asking((cluster) => cluster.look(node, "progress"));
		expect([value.vms.length, asked]).toEqual([6, [...progress, "list /apis/kubevirt.io/v1/virtualmachines"]]);
	});

	it("goes through pages, and starts over when they expire", async () => {
		const { store, node, asking, fail } = oneNode();
		for (let i = 0; i < 1_001; i++) addPod(store, `pod-${i}`, "node1");
		const whole = await asking((cluster) => cluster.look(node, "progress"));
		expect([whole.value.pods.length, whole.asked.length]).toEqual([1_001, 6]);
		const expire = () => {
			addPod(store, "one-more", "node1");
			store.compact();
		};
		fail({ match: ({ query }) => query.continue !== undefined, times: 1, effect: { before: expire } });
		const again = await asking((cluster) => cluster.look(node, "progress"));
		expect([again.value.pods.length, again.asked.length]).toEqual([1_002, 8]);
	});
});

describe("a look that cannot be whole", () => {
	it("is empty of VMIs only where KubeVirt is not installed and no launcher is there", async () => {
		const { store, node, asking, fail, fault } = oneNode();
		const page = { status: 404, body: "404 page not found\n" };
		const stop = fail({ match: ({ group }) => group === "kubevirt.io", effect: page });
		const { value, asked } = await asking((cluster) => cluster.look(node, "proof"));
		expect([value.vmis, value.migrations, asked.length]).toEqual([[], [], 5]);
		addLauncher(store, addVmi(store, "vm1"), "node1");
		expect(await fault((cluster) => cluster.look(node, "proof"))).toEqual(
			new ClusterRefused(
				"cannot list VMIs and migrations in cluster prod: the server answers 404, but launcher vms/virt-launcher-vm1-node1 is there",
			),
		);
		stop();
		store.remove("pods", "vms", "virt-launcher-vm1-node1");
		fail({ match: ({ resource }) => resource === "virtualmachineinstancemigrations", effect: page });
		expect(await fault((cluster) => cluster.look(node, "proof"))).toBeInstanceOf(ClusterRefused);
	});

	it("is not made without the KubeVirt object that decides over a VMI", async () => {
		const { store, node, fault } = oneNode();
		addVmi(store, "vm1", { strategy: null });
		expect(await fault((cluster) => cluster.look(node, "progress"))).toEqual(
			new ClusterRefused(
				"cannot tell the default eviction strategy of cluster prod: VMIs run there, but there is no KubeVirt object",
			),
		);
	});

	it.each([
		["forbidden", { status: 403, body: { kind: "Status", message: "no", reason: "Forbidden" } }, ClusterForbidden],
		["overloaded", { status: 503, body: "upstream" }, ClusterUnreachable],
		["confused", { status: 500, body: { kind: "Status", message: "etcd" } }, ClusterRefused],
		["talking HTML", { status: 200, body: "<html>", headers: { "content-type": "text/html" } }, ClusterRefused],
		["talking broken JSON", { status: 200, body: "{", headers: { "content-type": "application/json" } }, ClusterRefused],
		["gone", "reset", ClusterUnreachable],
		["silent", "hang", ClusterUnreachable],
	] as const)("is a fault while the server is %s", async (_, effect, kind) => {
		const { node, fail, fault } = oneNode();
		fail({ match: ({ resource }) => resource === "virtualmachineinstances", effect });
		expect(await fault((cluster) => cluster.look(node, "proof"))).toBeInstanceOf(kind);
	});

	it("passes over one bad moment of the server", async () => {
		const { node, fail, asking } = oneNode();
		fail({ match: ({ resource }) => resource === "pods", times: 1, effect: { status: 503 } });
		fail({ match: ({ resource }) => resource === "nodes", times: 1, effect: "reset" });
		const { asked } = await asking((cluster) => cluster.look(node, "progress"));
		expect(asked).toEqual([progress[0], ...progress, progress[3]]);
	});
});
