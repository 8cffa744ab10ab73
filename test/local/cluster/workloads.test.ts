import { describe, expect, it } from "@jest/globals";
import type { KubeObject } from "../../../src/local/cluster/store.ts";
import { cordon, evict, launcher, record, said, scene } from "./drained-cluster.ts";

const podsOf = (pods: readonly KubeObject[], app: string): readonly KubeObject[] =>
	pods.filter(({ metadata }) => metadata.labels?.app === app);

describe("a seeded cluster", () => {
	it("is at rest: nothing but heartbeats is written", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		cluster.add.vmi({ namespace: "vms", name: "alone", on: nodes[0] });
		cluster.add.vmirs({ namespace: "vms", name: "pool", on: [nodes[0], nodes[1]] });
		cluster.add.deployment({ namespace: "apps", name: "web", on: [nodes[0], nodes[1]] });
		cluster.add.statefulSet({ namespace: "apps", name: "db", on: [nodes[0]] });
		await clock.run(async () => {
			await cluster.settle();
			const changes = record(cluster);
			await clock.sleep(600_000);
			expect(changes.filter(({ resource }) => resource !== "nodes")).toEqual([]);
			expect(cluster.truth.guests().filter(({ alive }) => alive)).toHaveLength(4);
			const pods = cluster.store.list("pods").filter(({ status }) => status?.phase !== "Running");
			expect(pods).toEqual([]);
		});
	});
});

describe("a budget", () => {
	it("lets one pod of three go, and the next only when the replacement is ready", async () => {
		const { clock, cluster, nodes } = scene();
		const [first] = nodes;
		cluster.add.deployment({ namespace: "apps", name: "web", on: [first, first, first], startSeconds: 9 });
		cluster.add.pdb({ namespace: "apps", name: "web", matchLabels: { app: "web" }, minAvailable: 2 });
		await clock.run(async () => {
			await cluster.settle();
			await cordon(cluster, first);
			const pods = podsOf(cluster.store.podsOn(first), "web");
			const answers: string[] = [];
			for (const pod of pods) answers.push(said(await evict(cluster, pod)));
			const refused = "429 Cannot evict pod as it would violate the pod's disruption budget.";
			expect(answers).toEqual(["201", refused, refused]);
			await clock.sleep(100);
			expect(cluster.store.get("poddisruptionbudgets", "apps", "web")?.status).toMatchObject({
				disruptionsAllowed: 0,
				currentHealthy: 2,
				desiredHealthy: 2,
				expectedPods: 4,
			});
			await clock.sleep(12_000);
			expect(said(await evict(cluster, pods[1] as KubeObject))).toBe("201");
			await cluster.settle();
			expect(cluster.store.get("deployments", "apps", "web")?.status).toMatchObject({ replicas: 3, readyReplicas: 3 });
		});
	});

	it("of KubeVirt's own keeps one virt-api; when both are lost the webhook is unreachable until one is back", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		cluster.knobs.turn("kubevirt", "virt-api", { startSeconds: 10 });
		await clock.run(async () => {
			await cluster.settle();
			const apis = podsOf(cluster.store.list("pods"), "virt-api");
			const answers: string[] = [];
			for (const pod of apis) answers.push(said(await evict(cluster, pod)).slice(0, 3));
			expect(answers).toEqual(["201", "429"]);
			await cluster.kubectl("DELETE", `/api/v1/namespaces/kubevirt/pods/${apis[1]?.metadata.name}`);
			await clock.sleep(1_100);
			expect(said(await evict(cluster, launcher(cluster, "lm"))).slice(0, 3)).toBe("500");
			await cluster.settle();
			expect(said(await evict(cluster, launcher(cluster, "lm"))).slice(0, 3)).toBe("429");
		});
	});

	it("is forgotten by nobody when virt-controller has to find a new leader", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.vm({ namespace: "vms", name: "lm", on: nodes[0], evictionStrategy: "LiveMigrate" });
		cluster.knobs.turn("kubevirt", "virt-controller", { startSeconds: 20 });
		await clock.run(async () => {
			for (const pod of podsOf(cluster.store.list("pods"), "virt-controller")) {
				await cluster.kubectl("DELETE", `/api/v1/namespaces/kubevirt/pods/${pod.metadata.name}`);
			}
			await clock.sleep(1_100);
			await evict(cluster, launcher(cluster, "lm"));
			await clock.sleep(21_000);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toEqual([]);
			await clock.sleep(3_000);
			expect(cluster.store.list("virtualmachineinstancemigrations")).toHaveLength(1);
		});
	});
});

describe("evicted pods", () => {
	it("of a StatefulSet come back under their name when the old one is gone", async () => {
		const { clock, cluster, nodes } = scene();
		cluster.add.statefulSet({ namespace: "apps", name: "db", on: [nodes[0]] });
		await clock.run(async () => {
			await cordon(cluster, nodes[0]);
			const pod = cluster.store.get("pods", "apps", "db-0") as KubeObject;
			const changes = record(cluster);
			await evict(cluster, pod);
			await cluster.settle();
			const types = changes.filter(({ resource, type }) => resource === "pods" && type !== "MODIFIED").map(({ type }) => type);
			expect(types).toEqual(["DELETED", "ADDED"]);
			expect(cluster.store.get("pods", "apps", "db-0")?.spec?.nodeName).not.toBe(nodes[0]);
		});
	});

	it("of a DaemonSet come back on the same node, cordoned or not", async () => {
		const { clock, cluster, nodes } = scene();
		await clock.run(async () => {
			await cordon(cluster, nodes[0]);
			const [pod] = podsOf(cluster.store.podsOn(nodes[0]), "kube-proxy");
			await evict(cluster, pod as KubeObject);
			await cluster.settle();
			const [next] = podsOf(cluster.store.podsOn(nodes[0]), "kube-proxy");
			expect([next?.status?.phase, next?.metadata.uid === pod?.metadata.uid]).toEqual(["Running", false]);
		});
	});

	it("that nothing owns are gone for good", async () => {
		const { clock, cluster, nodes } = scene();
		const pod = cluster.add.barePod({ namespace: "apps", name: "bare", on: nodes[0], shutdownSeconds: 5 });
		await clock.run(async () => {
			expect(said(await evict(cluster, pod))).toBe("201");
			await clock.sleep(4_000);
			expect(cluster.store.get("pods", "apps", "bare")?.metadata.deletionTimestamp).toBeDefined();
			await cluster.settle();
			expect(cluster.store.get("pods", "apps", "bare")).toBeUndefined();
		});
	});

	it("of a kubelet's own come back as its picture", async () => {
		const { clock, cluster, nodes } = scene();
		const pod = cluster.add.mirrorPod({ namespace: "kube-system", name: "static", on: nodes[0] });
		await clock.run(async () => {
			await cluster.kubectl("DELETE", `/api/v1/namespaces/kube-system/pods/${pod.metadata.name}`);
			await cluster.settle();
			expect(cluster.store.get("pods", "kube-system", pod.metadata.name)?.status?.phase).toBe("Running");
		});
	});
});
