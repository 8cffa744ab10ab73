import { afterEach, describe, expect, it } from "@jest/globals";
import { createCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { createHttpsSend } from "../../../src/adapters/kubernetes/https-send.ts";
import { realClock } from "../../../src/adapters/real-clock.ts";
import { ScaledClock } from "../../../src/local/clock/scaled-clock.ts";
import { createApiServer } from "../../../src/local/cluster/api/api-server.ts";
import { type HttpShell, serve } from "../../../src/local/cluster/api/http-shell.ts";
import { Store } from "../../../src/local/cluster/store.ts";
import { addNode, addPod, addVmi, identityOf } from "./simulated-cluster.ts";

let shell: HttpShell | undefined;
afterEach(async () => {
	await shell?.close();
	shell = undefined;
});

describe("following a cluster at rest over sockets", () => {
	it("goes on after silence, and loses nothing", async () => {
		const clock = new ScaledClock(1);
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
