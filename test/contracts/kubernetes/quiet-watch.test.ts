import { afterEach, describe, expect, it } from "@jest/globals";
import { createCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { createHttpsSend } from "../../../src/adapters/kubernetes/https-send.ts";
import { realClock } from "../../../src/adapters/real-clock.ts";
import { ClusterForbidden, ClusterRefused, ClusterUnreachable } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { createApiServer } from "../../../src/local/cluster/api/api-server.ts";
import { type HttpShell, serve } from "../../../src/local/cluster/api/http-shell.ts";
import type { FaultEffect } from "../../../src/local/cluster/api/provoked-faults.ts";
import { Store } from "../../../src/local/cluster/store.ts";
import type { Following } from "../../../src/ports.ts";
import { addNode, addPod, addVmi, identityOf, simulatedCluster } from "./simulated-cluster.ts";

let shell: HttpShell | undefined;
afterEach(async () => {
	await shell?.close();
	shell = undefined;
});

describe("following a cluster at rest over sockets", () => {
	it("goes on after silence, and loses nothing", async () => {
		const clock = new VirtualClock();
		const store = new Store(clock);
		const server = createApiServer({ store, clock, kubernetesVersion: "v1.35.6", admission: { evictionWebhooks: [] } });
		shell = await serve((request) => server.handle(request));
		const node = identityOf(addNode(store, "node1"));
		addVmi(store, "vm1");
		const send = createHttpsSend({ quietWatchMs: 150 });
		const following = await createCluster({ name: "prod", clock: realClock, server: shell.url, send }).follow(node, 60);
		const next = following.next();
		const watches = () => server.audit.filter(({ verb }) => verb === "watch").length;
		while (watches() < 6) await Promise.race([next, realClock.sleep(20)]);
		addPod(store, "late", "node1");
		expect((await next)?.pods.map(({ name }) => name)).toEqual(["late"]);
		following.close();
	});
});

/** A cluster at rest, and a transport that breaks a watch off on which nothing comes for 75 s. */
function ground({ kubeVirt = true, silenceLimitMs = 75_000 } = {}) {
	const simulated = simulatedCluster({ silenceLimitMs });
	const { store, clock, fail } = simulated;
	const node = identityOf(addNode(store, "node1"));
	const start = clock.now();
	const seconds = () => (clock.now() - start) / 1_000;
	const notInstalled: FaultEffect = { status: 404, body: "404 page not found\n" };
	if (!kubeVirt) fail({ match: ({ group }) => group === "kubevirt.io", effect: notInstalled });
	/** The next look as it comes at rest, or how it failed, and when. */
	const next = async (following: Following) => {
		const value = await clock.within(following.next(), 3_600_000).catch((fault: Error) => fault);
		return [value instanceof Error ? value : value?.pods.map(({ name }) => name), seconds()];
	};
	return {
		...simulated,
		next,
		/** Follows the node for 200 s; tells how the last of so many questions is answered, and which watches that took. */
		async follow(questions = 1) {
			const { value, asked } = await simulated.asking(async (cluster) => {
				const following = await cluster.follow(node, 200);
				for (let left = questions; left > 1; left--) await next(following);
				return next(following);
			});
			const watches = asked.filter((request) => request.startsWith("watch"));
			return {
				value,
				watches: watches.map((request) => /[^/]*(?=\?)/.exec(request)?.[0] + (/timeoutSeconds=(\d+)/.exec(request)?.[1] ?? "")),
			};
		},
		/** Lets this happen to every watch from now on. */
		failWatches: (effect: FaultEffect) => fail({ match: ({ verb }) => verb === "watch", effect }),
	};
}

describe("a watch that falls silent", () => {
	it("is opened again with one request for what is left of its time, and ends in time", async () => {
		const { follow } = ground();
		const { value, watches } = await follow();
		const three = (seconds: number) =>
			["pods", "virtualmachineinstances", "virtualmachineinstancemigrations"].map((what) => `${what}${seconds}`);
		expect({ value, watches }).toEqual({
			value: [undefined, 200],
			watches: [...three(200), ...three(125), ...three(50)],
		});
	});

	it("goes on from where it was: what happens later is one look", async () => {
		const { store, clock, follow } = ground({ kubeVirt: false });
		clock.at(100_000, () => addPod(store, "late", "node1"));
		expect(await follow()).toEqual({ value: [["late"], 100], watches: ["pods200", "pods125"] });
	});

	it("goes on from its last bookmark, so that the server has not forgotten what came since", async () => {
		const { store, clock, follow } = ground({ kubeVirt: false, silenceLimitMs: 59_500 });
		clock.at(2_000, () => addPod(store, "told", "node1"));
		clock.at(50_000, () => addPod(store, "elsewhere", "node2"));
		clock.at(61_000, () => store.compact());
		clock.at(130_000, () => addPod(store, "late", "node1"));
		expect(await follow(2)).toEqual({ value: [["told", "late"], 130], watches: ["pods200", "pods81"] });
	});

	it("ends, so that the next look lists again, when the server has forgotten where it was", async () => {
		const { store, clock, follow } = ground({ kubeVirt: false });
		clock.at(20_000, () => {
			addVmi(store, "vm1");
			store.compact();
		});
		expect(await follow()).toEqual({ value: [undefined, 75], watches: ["pods200", "pods125"] });
	});

	it("costs no request while something comes, if only a bookmark", async () => {
		const { store, clock, follow } = ground({ kubeVirt: false });
		for (let at = 10; at < 200; at += 20) clock.at(at * 1_000, () => addPod(store, `pod-${at}`, "node2"));
		expect(await follow()).toEqual({ value: [undefined, 200], watches: ["pods200"] });
	});

	it.each<[string, FaultEffect, typeof ClusterUnreachable | typeof ClusterForbidden | typeof ClusterRefused]>([
		["the connection breaks: unreachable", "reset", ClusterUnreachable],
		["the server is overloaded: unreachable", { status: 429, body: "Too many requests" }, ClusterUnreachable],
		["the server fails: unreachable", { status: 500, body: "etcdserver: leader changed" }, ClusterUnreachable],
		["we may not any more: forbidden", { status: 403, body: "no" }, ClusterForbidden],
		["the server does not understand: refused", { status: 400, body: "what?" }, ClusterRefused],
	])("fails at once when it cannot be opened again: %s", async (_, effect, kind) => {
		const { clock, follow, failWatches } = ground({ kubeVirt: false });
		clock.at(60_000, () => failWatches(effect));
		const { value, watches } = await follow();
		expect([value, watches[0]]).toEqual([[expect.any(kind), 75], "pods200"]);
	});

	it("can be closed while it is being opened again", async () => {
		const { clock, cluster, store, next, failWatches } = ground({ kubeVirt: false });
		clock.at(60_000, () => failWatches("hang"));
		const node = identityOf(addNode(store, "node2", 2));
		const value = await clock.run(async () => {
			const following = await cluster.follow(node, 200);
			clock.at(90_000, () => following.close());
			return next(following);
		});
		expect(value).toEqual([undefined, 90]);
	});
});
