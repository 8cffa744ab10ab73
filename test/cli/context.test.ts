import { afterEach, describe, expect, it } from "@jest/globals";
import { clusterRoles } from "../../infra/cluster-roles.ts";
import { ClusterForbidden, ConfigurationInvalid } from "../../src/faults.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import { ofKind, runInContext } from "./context-run.ts";
import { type KubeConfigGround, startKubeConfigGround } from "./kubeconfig-ground.ts";

let ground: KubeConfigGround | undefined;
afterEach(async () => {
	await ground?.stop();
	ground = undefined;
});

function seed({ add }: SimulatedCluster): void {
	for (const name of ["node1", "node2", "node3"]) add.node({ name });
	add.vm({ namespace: "shop", name: "web", on: "node1", evictionStrategy: "LiveMigrate", migrationSeconds: 20 });
	add.vm({ namespace: "shop", name: "cron", on: "node1", evictionStrategy: "None" });
	add.deployment({ namespace: "shop", name: "api", on: ["node1", "node2"] });
}

function seedWithManual(cluster: SimulatedCluster): void {
	seed(cluster);
	cluster.add.vm({ namespace: "lab", name: "bench", on: "node1", evictionStrategy: "None", runStrategy: "Manual" });
}

const start = async (options: Parameters<typeof startKubeConfigGround>[0]): Promise<KubeConfigGround> => {
	ground = await startKubeConfigGround(options);
	return ground;
};

describe("a drain of a node of a context", () => {
	it("says where it is, shows the fates, asks, drains, and ends with the proof", async () => {
		const here = await start({ factor: 20, seed });
		const { code, told, questions } = await runInContext(here);
		expect(told.slice(0, 2).map(({ kind }) => kind)).toEqual(["context", "fates"]);
		expect(told[0]).toMatchObject({ context: "here", node: "node1", kubernetes: "v1.35.6", kubevirt: "v1.9.0", mayEnd: [] });
		expect(questions).toEqual(["Drain node node1 of context here? [y/N] "]);
		expect(ofKind(told, "fates")[0]?.vms.map(({ vm, fate }) => `${vm} ${fate}`)).toEqual([
			"shop/cron restarts elsewhere",
			"shop/web migrates",
		]);
		expect(ofKind(told, "migration ended")).toMatchObject([{ vm: "shop/web", from: "node1", outcome: "moved" }]);
		expect(ofKind(told, "vm ended")).toMatchObject([{ vm: "shop/cron", on: "node1", cause: "Succeeded" }]);
		expect(ofKind(told, "vm started")).toMatchObject([{ vm: "shop/cron" }]);
		expect(ofKind(told, "proof")).toHaveLength(1);
		expect(told.at(-1)).toMatchObject({
			kind: "end",
			outcome: "safe",
			exitCode: 0,
			because: [],
			toType: [
				{ command: "kubectl --context here uncordon node1" },
				{ command: "kubectl --context here annotate node node1 evacuator.io/maintenance- evacuator.io/reason-" },
			],
		});
		expect(code).toBe(0);
		expect(here.changes().filter((change) => !change.endsWith("/eviction"))).toEqual([
			"patch /api/v1/nodes/node1",
			"create /api/v1/namespaces/default/events",
		]);
	}, 60_000);

	it("that nobody says yes to touches nothing", async () => {
		const here = await start({ factor: 20, seed });
		const { code, told } = await runInContext(here, { answer: "no" });
		expect(told.at(-1)).toMatchObject({ outcome: "declined", because: ["Nothing was touched."], figures: { evictions: 0 } });
		expect({ code, changes: here.changes() }).toEqual({ code: 2, changes: [] });
	});

	it("without a terminal for the question touches nothing, and says what to type", async () => {
		const here = await start({ factor: 20, seed });
		const { code, told } = await runInContext(here, { answer: "cannot ask" });
		expect(told.at(-1)).toMatchObject({
			outcome: "declined",
			toType: [{ command: "npm start -- --context here --node node1 --yes" }],
		});
		expect({ code, changes: here.changes() }).toEqual({ code: 2, changes: [] });
	});

	it("that is held says why once, goes on when the cause is gone, and ends safe", async () => {
		const here = await start({ factor: 20, seed: seedWithManual });
		const { cluster, clock } = here;
		const stopped: Promise<unknown>[] = [];
		const { code, told } = await runInContext(here, {
			hear(event) {
				if (event.kind !== "note" || !event.says.startsWith("Held.")) return;
				const path = "/apis/kubevirt.io/v1/namespaces/lab/virtualmachineinstances/bench";
				stopped.push(clock.thread(() => cluster.kubectl("DELETE", path)));
			},
		});
		await Promise.all(stopped);
		expect(ofKind(told, "trouble").map(({ trouble, about }) => [trouble, about])).toEqual([["vm-would-end", "lab/bench"]]);
		expect(ofKind(told, "trouble")[0]?.says).toMatch(/ Here: --may-end lab\/bench$/);
		expect(ofKind(told, "note").filter(({ says }) => says.startsWith("Held."))).toHaveLength(1);
		expect(code).toBe(0);
	}, 60_000);

	it("lets only those VMs end that are named", async () => {
		const here = await start({ factor: 20, seed: seedWithManual });
		const { told } = await runInContext(here, { mayEnd: ["lab/bench", "lab/gone"], answer: "no" });
		expect(ofKind(told, "fates")[0]?.vms.find(({ vm }) => vm === "lab/bench")).toMatchObject({ fate: "stops", allowed: true });
		expect(ofKind(told, "trouble")).toEqual([]);
		expect(ofKind(told, "note")).toMatchObject([{ says: "--may-end names VMs that do not run: lab/gone." }]);
	});
});

describe("a context that does not lead to a drain", () => {
	it("because it has no such node, says which there are", async () => {
		const here = await start({ factor: 20, seed });
		await expect(runInContext(here, { node: "node9" })).rejects.toThrow(
			new ConfigurationInvalid("cannot find the node node9 in context here: it has node1, node2, node3"),
		);
	});

	it("because its user may not look, says which verb is missing, before anything is told", async () => {
		const here = await start({ factor: 20, seed });
		here.addContext("blind", clusterRoles.cordon);
		await expect(runInContext(here, { context: "blind" })).rejects.toThrow(ClusterForbidden);
		await expect(runInContext(here, { context: "blind" })).rejects.toThrow(/cannot list resource "pods"/);
		expect(here.changes()).toEqual([]);
	});
});
