import { describe, expect, it } from "@jest/globals";
import { podFacts } from "../../../src/adapters/kubernetes/facts/pod-facts.ts";
import { ClusterForbidden, ClusterRefused, ClusterUnauthorized, ClusterUnreachable } from "../../../src/faults.ts";
import { authenticateBy } from "../../../src/local/cluster/api/authorization.ts";
import type { EvictionWebhook } from "../../../src/local/cluster/api/eviction-webhooks.ts";
import { addNode, addPod, identityOf, simulatedCluster } from "./simulated-cluster.ts";

const marks = { "evacuator.io/maintenance": "i-0123456789abcde01-1" };

describe("cordoning", () => {
	it("makes this node unschedulable and annotates it, also a second time", async () => {
		const { store, asking, sent } = simulatedCluster();
		const node = identityOf(addNode(store, "node1"));
		expect(await asking((cluster) => cluster.cordon(node, marks))).toEqual({
			value: "cordoned",
			asked: ["patch /api/v1/nodes/node1"],
		});
		expect(sent()).toEqual({ metadata: { uid: node.uid, annotations: marks }, spec: { unschedulable: true } });
		expect((await asking((cluster) => cluster.cordon(node, { ...marks, again: "yes" }))).value).toBe("cordoned");
		const { spec, metadata } = store.get("nodes", undefined, "node1") ?? {};
		expect([spec?.unschedulable, metadata?.annotations]).toEqual([true, { ...marks, again: "yes" }]);
	});

	it("never touches a node of the same name with another uid", async () => {
		const { store, asking } = simulatedCluster();
		const node = identityOf(addNode(store, "node1"));
		store.remove("nodes", undefined, "node1");
		expect((await asking((cluster) => cluster.cordon(node, marks))).value).toBe("no node");
		addNode(store, "node1");
		expect((await asking((cluster) => cluster.cordon(node, marks))).value).toBe("not ours");
		expect(store.get("nodes", undefined, "node1")?.spec?.unschedulable).toBeUndefined();
	});

	it("says when the node belongs to another instance now", async () => {
		const { store, asking } = simulatedCluster();
		const node = identityOf(addNode(store, "node1"));
		const other = { ...node, providerId: "aws:///eu-west-1b/i-0123456789abcde09" };
		expect((await asking((cluster) => cluster.cordon(other, marks))).value).toBe("not ours");
	});

	it("is a fault when the node is ours and the server still refuses", async () => {
		const { store, fail, fault } = simulatedCluster();
		const node = identityOf(addNode(store, "node1"));
		const conflict = { kind: "Status", reason: "Conflict", message: "the object has been modified" };
		fail({ match: ({ verb }) => verb === "patch", effect: { status: 409, body: conflict } });
		expect(await fault((cluster) => cluster.cordon(node, marks))).toEqual(
			new ClusterRefused("cannot cordon Node node1: the object has been modified (409)"),
		);
	});
});

describe("evicting", () => {
	const refusing: EvictionWebhook = {
		name: "virt-launcher-eviction-interceptor.kubevirt.io",
		failurePolicy: "Fail",
		matches: (name) => name.startsWith("virt-launcher"),
		review: async () => ({ allowed: false, code: 429, message: 'Eviction triggered evacuation of VMI "apps/vm1"' }),
	};

	it("asks for this very pod, and nothing in it is the descheduler's", async () => {
		const { store, asking, sent } = simulatedCluster();
		const pod = podFacts(addPod(store, "web", "node1"));
		expect(await asking((cluster) => cluster.evict(pod))).toEqual({
			value: { kind: "accepted" },
			asked: ["create /api/v1/namespaces/apps/pods/web/eviction"],
		});
		expect(sent()).toEqual({
			apiVersion: "policy/v1",
			kind: "Eviction",
			metadata: { name: "web", namespace: "apps" },
			deleteOptions: { preconditions: { uid: pod.uid } },
		});
	});

	it("on trial changes nothing", async () => {
		const { store, asking } = simulatedCluster();
		const stored = addPod(store, "web", "node1");
		expect((await asking((cluster) => cluster.evict(podFacts(stored), { dryRun: true }))).value).toEqual({ kind: "accepted" });
		expect(store.get("pods", "apps", "web")).toEqual(stored);
	});

	it("tells a pod that is gone from one that is another now", async () => {
		const { store, asking } = simulatedCluster();
		const pod = podFacts(addPod(store, "web-0", "node1"));
		store.remove("pods", "apps", "web-0");
		expect((await asking((cluster) => cluster.evict(pod))).value).toEqual({ kind: "gone" });
		addPod(store, "web-0", "node1");
		expect((await asking((cluster) => cluster.evict(pod))).value).toEqual({ kind: "changed" });
		expect(store.get("pods", "apps", "web-0")?.metadata.deletionTimestamp).toBeUndefined();
	});

	it("hears KubeVirt's webhook, and sees it missing", async () => {
		const { store, asking } = simulatedCluster({ webhook: refusing });
		const launcher = podFacts(addPod(store, "virt-launcher-vm1", "node1", { "kubevirt.io": "virt-launcher" }));
		const trial = () => asking((cluster) => cluster.evict(launcher, { dryRun: true }));
		expect((await trial()).value).toEqual({ kind: "accepted" });
		store.create("validatingwebhookconfigurations", {
			apiVersion: "admissionregistration.k8s.io/v1",
			kind: "ValidatingWebhookConfiguration",
			metadata: { name: "virt-api-validator" },
			webhooks: [{ name: refusing.name }],
		});
		expect((await trial()).value).toEqual({ kind: "guarded", says: 'Eviction triggered evacuation of VMI "apps/vm1"' });
	});

	it("is a fault, and sent once, when the answer is lost or RBAC forbids it", async () => {
		const { store, fail, fault, asking } = simulatedCluster();
		const pod = podFacts(addPod(store, "web", "node1"));
		fail({ match: ({ subresource }) => subresource === "eviction", times: 1, effect: { lost: "reset" } });
		const { asked, value } = await asking((cluster) => cluster.evict(pod).catch((lost: Error) => lost));
		expect([value, asked.length]).toEqual([new ClusterUnreachable("cannot reach cluster prod: read ECONNRESET"), 1]);
		const no = { kind: "Status", reason: "Forbidden", message: "cannot create pods/eviction", details: { kind: "pods" } };
		fail({ match: ({ subresource }) => subresource === "eviction", effect: { status: 403, body: no } });
		expect(await fault((cluster) => cluster.evict(pod))).toEqual(
			new ClusterForbidden("cannot evict pod apps/web: cannot create pods/eviction (403)"),
		);
	});
});

describe("announcing", () => {
	it("creates one Event on the node, however often a step repeats it", async () => {
		const { store, asking, clock } = simulatedCluster();
		const node = identityOf(addNode(store, "node1"));
		const event = { reason: "SafeToTerminate", message: "nothing is left on node1", type: "Normal" } as const;
		await asking((cluster) => cluster.announce(node, event));
		await asking((cluster) => cluster.announce(node, event));
		const [stored, ...more] = store.list("events");
		expect(more).toEqual([]);
		expect(stored).toMatchObject({
			metadata: { name: expect.stringMatching(/^node1\.[0-9a-f]{16}$/), namespace: "default" },
			involvedObject: { apiVersion: "v1", kind: "Node", name: "node1", uid: node.uid },
			...event,
			source: { component: "evacuator" },
			firstTimestamp: new Date(clock.now()).toISOString(),
		});
	});
});

describe("who asks", () => {
	const user = { name: "watcher", rules: [{ apiGroups: ["", "kubevirt.io"], resources: ["*"], verbs: ["get", "list"] }] };

	it("gets a new token when the last one has run out", async () => {
		let renewed = 0;
		const { store, asking } = simulatedCluster({
			authenticate: authenticateBy([{ token: "new", user }]),
			authorize: async ({ renew }) => {
				if (renew) renewed++;
				return { authorization: renewed > 0 ? "Bearer new" : "Bearer old" };
			},
		});
		const node = identityOf(addNode(store, "node1"));
		expect((await asking((cluster) => cluster.look(node, "progress"))).value.node?.uid).toBe(node.uid);
		expect(renewed).toBe(1);
	});

	it("is told when nobody knows it, and when it may not", async () => {
		const stranger = simulatedCluster({ authenticate: authenticateBy([]) });
		const node = identityOf(addNode(stranger.store, "node1"));
		expect(await stranger.fault((cluster) => cluster.look(node, "progress"))).toBeInstanceOf(ClusterUnauthorized);
		const watcher = simulatedCluster({
			authenticate: authenticateBy([{ token: "t", user }]),
			authorize: async () => ({ authorization: "Bearer t" }),
		});
		const other = identityOf(addNode(watcher.store, "node1"));
		expect(await watcher.fault((cluster) => cluster.cordon(other, {}))).toBeInstanceOf(ClusterForbidden);
	});
});
