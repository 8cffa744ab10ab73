import { describe, expect, it, jest } from "@jest/globals";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { drill, leave, type Stage } from "../drill.ts";
import { leaveWhile, takenAfter } from "./ways-to-leave.ts";
import { endOf, noticesOf, released, troublesIn, truthOf } from "./what-became.ts";

jest.setTimeout(60_000);

const namespace = "shop";
const began = Date.UTC(2026, 0, 1);

/** Every eviction that was more than a rehearsal, in order: the pod without its made-up ending, the second, the answer. */
const evictionsOf = ({ cluster }: Stage) =>
	cluster.audit
		.filter(({ path, body, query }) => path.endsWith("/eviction") && !JSON.stringify([body, query]).includes('"All"'))
		.map(({ at, code, path }) => ({
			pod: shortName(path.split("/").at(-2) ?? ""),
			second: Math.floor((at - began) / 1000),
			code,
		}));

const shortName = (pod: string): string => pod.replace(/^(web|virt-api|virt-controller|virt-launcher-[a-z]+)-.*/, "$1");

/** Pods of the shop, and whether they are on the node. */
const shopOf = ({ cluster, node }: Stage) =>
	cluster.store
		.inNamespace("pods", namespace)
		.map(({ metadata, spec }) => `${shortName(metadata.name)} ${spec?.nodeName === node ? "stays" : "is elsewhere"}`)
		.sort();

const pausesOf = (evictions: readonly { readonly second: number }[]) =>
	evictions.slice(1).map(({ second }, index) => second - (evictions[index]?.second ?? 0));

describe("a pod whose PodDisruptionBudget has no room", () => {
	it("is asked for with growing pauses, never under five seconds, until the budget allows it", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				cluster.add.deployment({ namespace, name: "web", on: [on] });
				cluster.add.pdb({ namespace, name: "web", matchLabels: { app: "web" }, minAvailable: 1 });
			},
			play: leaveWhile(600, ({ cluster }) =>
				cluster.kubectl("PATCH", `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`, {
					spec: { minAvailable: 0 },
				}),
			),
		});
		const evictions = evictionsOf(outcome.stage);
		expect(evictions.map(({ code }) => code)).toEqual([429, 429, 429, 429, 429, 429, 429, 201]);
		expect(pausesOf(evictions)).toEqual([5, 10, 20, 40, 80, 160, 300]);
		expect(noticesOf(outcome)).toEqual(["eviction-refused"]);
		expect(troublesIn(outcome.record)).toEqual([]);
		expect(shopOf(outcome.stage)).toEqual(["web is elsewhere"]);
		expect(endOf(outcome)).toEqual(released);
	});

	it("goes when its fellow is ready elsewhere, one after the other", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				cluster.add.deployment({ namespace, name: "web", on: [on, on, on], startSeconds: 20 });
				cluster.add.pdb({ namespace, name: "web", matchLabels: { app: "web" }, minAvailable: 2 });
			},
		});
		expect(evictionsOf(outcome.stage).filter(({ code }) => code === 201)).toHaveLength(3);
		expect(shopOf(outcome.stage)).toEqual(["web is elsewhere", "web is elsewhere", "web is elsewhere"]);
		expect(takenAfter(outcome.stage)).toBeLessThan(90);
		expect(endOf(outcome)).toEqual(released);
	});

	it("goes when one of its two budgets is removed, which the eviction API does not support", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				cluster.add.deployment({ namespace, name: "web", on: [on] });
				for (const name of ["one", "another"])
					cluster.add.pdb({ namespace, name, matchLabels: { app: "web" }, maxUnavailable: 1 });
			},
			play: leaveWhile(300, ({ cluster }) =>
				cluster.kubectl("DELETE", `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/another`),
			),
		});
		expect(evictionsOf(outcome.stage).map(({ code }) => code)).toEqual([500, 500, 500, 500, 500, 500, 201]);
		expect(outcome.notices.map(({ message }) => message)).toEqual([
			expect.stringContaining("which the eviction subresource does not support.); leave it only one."),
		]);
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("pods of every kind", () => {
	it("leave or stay: StatefulSet and bare pods go, DaemonSet, mirror and completed pods stay", async () => {
		const outcome = await drill({
			seed: (cluster, on, [other = ""]) => {
				cluster.add.statefulSet({ namespace, name: "db", on: [other, on] });
				cluster.add.daemonSet({ namespace, name: "agent", spec: { nodeSelector: { "kubernetes.io/hostname": on } } });
				cluster.add.mirrorPod({ namespace, name: "static", on });
				cluster.add.barePod({ namespace, name: "bare", on });
				cluster.add.barePod({ namespace, name: "done", on });
				cluster.store.update("pods", namespace, "done", (draft) => {
					draft.status = { ...draft.status, phase: "Succeeded" };
				});
			},
		});
		const evicted = evictionsOf(outcome.stage).map(({ pod, code }) => `${pod} ${code}`);
		expect(evicted.sort()).toEqual(["bare 201", "db-1 201"]);
		const shop = shopOf(outcome.stage).map((says) => says.replace(/^(agent|static)-\S+/, "$1"));
		expect(new Set(shop.filter((says) => says.endsWith("stays")))).toEqual(
			new Set(["agent stays", "static stays", "done stays"]),
		);
		expect(shop).toEqual(expect.arrayContaining(["db-0 is elsewhere", "db-1 is elsewhere"]));
		expect(shop.filter((says) => says.startsWith("bare"))).toEqual([]);
		expect(noticesOf(outcome)).toEqual([]);
		expect(endOf(outcome)).toEqual(released);
	});

	it("that take a quarter of an hour to end are waited for", async () => {
		const outcome = await drill({
			seed: (cluster, on) =>
				void cluster.add.barePod({
					namespace,
					name: "slow",
					on,
					shutdownSeconds: 900,
					terminationGracePeriodSeconds: 3600,
				}),
		});
		expect(evictionsOf(outcome.stage)).toEqual([{ pod: "slow", second: 1, code: 201 }]);
		expect(takenAfter(outcome.stage)).toBeGreaterThan(900);
		expect(endOf(outcome)).toEqual(released);
	});

	it("that have ended but are kept by a finalizer hold nothing", async () => {
		const outcome = await drill({
			seed: (cluster, on) => {
				cluster.add.barePod({ namespace, name: "kept", on });
				cluster.store.update("pods", namespace, "kept", (draft) => {
					draft.metadata.finalizers = ["example.com/kept"];
				});
			},
		});
		expect(takenAfter(outcome.stage)).toBeLessThan(60);
		expect(endOf(outcome)).toEqual(released);
	});
});

describe("KubeVirt's own pods on the node", () => {
	const threeVms = (cluster: SimulatedCluster, on: string) => {
		for (const name of ["one", "two", "three"]) cluster.add.vm({ namespace, name, on, evictionStrategy: "LiveMigrate" });
	};

	it("are evicted last, when no VM is left that could need them", async () => {
		const outcome = await drill({
			seed: threeVms,
			play: async (stage) => {
				await bringInfrastructure(stage);
				await leave(stage);
			},
		});
		const pods = evictionsOf(outcome.stage).map(({ pod }) => pod);
		expect(pods.slice(0, 3).sort()).toEqual(["virt-launcher-one", "virt-launcher-three", "virt-launcher-two"]);
		expect(pods.slice(3).sort()).toEqual(["virt-api", "virt-controller"]);
		const movedAt = outcome.stage.cluster.truth.events
			.filter(({ kind }) => kind === "moved")
			.map(({ at }) => (at - began) / 1000);
		const evictedAt = evictionsOf(outcome.stage)
			.slice(3)
			.map(({ second }) => second);
		expect(Math.min(...evictedAt)).toBeGreaterThanOrEqual(Math.floor(Math.max(...movedAt)));
		expect(truthOf(outcome.stage.cluster)).toEqual({ one: "moved", two: "moved", three: "moved" });
		expect(endOf(outcome)).toEqual(released);
	});
});

/** One replica each of virt-api and virt-controller comes to the node, because no other would have it. */
async function bringInfrastructure({ cluster, clock, node, others }: Stage): Promise<void> {
	const cordon = async (unschedulable: boolean) => {
		for (const other of others) await cluster.kubectl("PATCH", `/api/v1/nodes/${other}`, { spec: { unschedulable } });
	};
	await cordon(true);
	for (const component of ["virt-api", "virt-controller"]) {
		const [pod] = cluster.store.labelled("pods", "kubevirt.io", component);
		await cluster.kubectl("DELETE", `/api/v1/namespaces/kubevirt/pods/${pod?.metadata.name}`);
	}
	await clock.sleep(20_000);
	await cordon(false);
	const here = cluster.store.podsOn(node).map(({ metadata }) => shortName(metadata.name));
	expect(here).toEqual(expect.arrayContaining(["virt-api", "virt-controller"]));
}
