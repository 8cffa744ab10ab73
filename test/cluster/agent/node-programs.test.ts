import { describe, expect, it } from "@jest/globals";
import { createClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { realClock } from "../../../src/adapters/real-clock.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { instanceIdOf, Machine } from "../../../src/local/cluster/controllers/machines.ts";
import { podAddress } from "../../../src/local/cluster/controllers/pod-status.ts";
import { isReady } from "../../../src/local/cluster/controllers/pods.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import type { KubeObject } from "../../../src/local/cluster/store.ts";
import { Truth } from "../../../src/local/cluster/truth.ts";
import { startNodePrograms } from "./agent-ground.ts";
import { pauseOf } from "./pause-of.ts";
import { startMirror } from "./start-mirror.ts";

/** A simulated control plane whose own nodes do nothing: the stand-in runs them, through the API alone. */
async function stage(clock: VirtualClock) {
	const cluster = createSimulatedCluster({ clock, name: "c", kubevirtVersion: "1.9.0" });
	const nodes = [1, 2, 3].map(() => cluster.add.node());
	for (const program of ["node", "virt-handler"] as const) cluster.faults.program(program, "down");
	const send = (request: Request): Promise<Response> => {
		const headers = new Headers(request.headers);
		headers.set("authorization", `Bearer ${cluster.users.adminToken}`);
		return clock.thread(() => cluster.handle(new Request(request, { headers })));
	};
	const api = createClusterApi({ name: "c", send, clock: realClock });
	const stopping = new AbortController();
	const { signal } = stopping;
	const failures: string[] = [];
	const { mirror, listed } = startMirror({
		api,
		handler: async () => ({ api, token: "" }),
		resources: ["nodes", "pods", "virtualmachines", "virtualmachineinstances", "kubevirts"],
		pause: pauseOf(clock, signal),
		signal,
		failed: (what) => failures.push(what),
	});
	await clock.rest(Promise.all([listed("pods"), listed("nodes")]));
	const { ground, programs } = startNodePrograms(clock, mirror, podAddress);
	for (const [index, node] of nodes.entries()) {
		const instanceId = instanceIdOf(node) ?? "";
		ground.machines.add(new Machine(instanceId, node.metadata.name, `10.0.0.${index + 1}`));
	}
	return { cluster, ground, failures, truth: new Truth(clock, mirror, programs.guests), stop: () => stopping.abort() };
}

const vmiOf = (cluster: SimulatedCluster, vm: string): KubeObject | undefined =>
	cluster.store.get("virtualmachineinstances", "vms", vm);

const runs = (cluster: SimulatedCluster, vm: string): boolean => {
	const vmi = vmiOf(cluster, vm);
	return vmi !== undefined && vmi.status?.phase === "Running" && isReady(vmi);
};

async function evict(cluster: SimulatedCluster, vm: string): Promise<number> {
	const launcher = cluster.store.list("pods").find((pod) => pod.metadata.annotations?.["kubevirt.io/domain"] === vm);
	const { namespace, name } = launcher?.metadata ?? {};
	const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { namespace, name } };
	return (await cluster.kubectl("POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body)).code;
}

describe("the programs of the nodes, on the other side of an API server", () => {
	it("start a VM, move it when it is evicted, and shut down one that may not move", async () => {
		const clock = new VirtualClock({ deadline: 600_000 });
		const until = async (holds: () => boolean): Promise<void> => {
			while (!holds()) await clock.sleep(100);
		};
		await clock.run(async () => {
			const { cluster, ground, failures, truth, stop } = await stage(clock);
			ground.knobs.turn("vms", "moves", { migrationSeconds: 8 });
			cluster.add.vm({ namespace: "vms", name: "moves", evictionStrategy: "LiveMigrate" });
			cluster.add.vm({ namespace: "vms", name: "stops", evictionStrategy: "None" });
			await until(() => runs(cluster, "moves") && runs(cluster, "stops"));
			const moves = vmiOf(cluster, "moves");
			const stops = vmiOf(cluster, "stops");

			expect(await evict(cluster, "moves")).toBe(429);
			await until(() => vmiOf(cluster, "moves")?.status?.nodeName !== moves?.status?.nodeName && runs(cluster, "moves"));
			expect(vmiOf(cluster, "moves")?.metadata.uid).toBe(moves?.metadata.uid);

			expect(await evict(cluster, "stops")).toBe(201);
			await until(() => vmiOf(cluster, "stops")?.metadata.uid !== stops?.metadata.uid && runs(cluster, "stops"));

			const story = (name: string) => truth.events.filter((event) => event.name === name).map(({ kind }) => kind);
			expect(story("moves")).toEqual(["started", "migration began", "moved", "migration ended"]);
			expect(story("stops")).toEqual(["started", "ended", "started"]);
			expect(failures).toEqual([]);
			stop();
		});
	}, 60_000);
});
