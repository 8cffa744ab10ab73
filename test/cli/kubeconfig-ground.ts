import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScaledClock } from "../../src/local/clock/scaled-clock.ts";
import type { AccessRule } from "../../src/local/cluster/api/authorization.ts";
import { serve } from "../../src/local/cluster/api/http-shell.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";

/** A cluster never comes to rest by itself: its kubelets beat for ever. */
class MortalClock extends ScaledClock {
	readonly #cancels = new Set<() => void>();
	#stopped = false;

	override at(ms: number, f: () => void): () => void {
		if (this.#stopped) return () => {};
		const cancel = super.at(ms, () => {
			this.#cancels.delete(cancel);
			f();
		});
		this.#cancels.add(cancel);
		return () => {
			this.#cancels.delete(cancel);
			cancel();
		};
	}

	stop(): void {
		this.#stopped = true;
		for (const cancel of this.#cancels) cancel();
	}
}

export type KubeConfigGround = {
	readonly cluster: SimulatedCluster;
	readonly clock: ScaledClock;
	/** A file whose contexts are `here` (the administrator) and those that were added. */
	readonly kubeconfig: string;
	/** Adds a context of a user with these rules. */
	addContext(name: string, rules: readonly AccessRule[]): void;
	/** Requests that were not reads, as `user verb path`. */
	changes(): readonly string[];
	stop(): Promise<void>;
};

type KubeConfigGroundOptions = {
	/** How fast the cluster's time runs. */
	readonly factor: number;
	readonly seed: (cluster: SimulatedCluster) => void;
	/** Nodes as they are off AWS. The simulated kubelets find their machines by it, so it is left out on the way. */
	readonly withoutProviderIds?: boolean;
};

/** A simulated cluster behind HTTP on loopback, and a kubeconfig that leads there. */
export async function startKubeConfigGround(options: KubeConfigGroundOptions): Promise<KubeConfigGround> {
	const { factor, seed, withoutProviderIds = false } = options;
	const clock = new MortalClock(factor);
	const cluster = createSimulatedCluster({ clock, name: "okd", kubevirtVersion: "1.9.0" });
	seed(cluster);
	const shell = await serve(async (request) => {
		const response = await cluster.handle(request);
		const isOfNodes = new URL(request.url).pathname.startsWith("/api/v1/nodes");
		return withoutProviderIds && isOfNodes ? shorn(response) : response;
	});
	const folder = mkdtempSync(join(tmpdir(), "evacuator-kubeconfig-"));
	const kubeconfig = join(folder, "config");
	const users = new Map([["here", cluster.users.adminToken]]);
	const write = () => writeFileSync(kubeconfig, JSON.stringify(configOf(shell.url, users)));
	write();
	return {
		cluster,
		clock,
		kubeconfig,
		addContext(name, rules) {
			users.set(name, cluster.users.add({ name, rules }));
			write();
		},
		changes: () =>
			cluster.audit
				.filter(({ verb }) => !["get", "list", "watch"].includes(verb))
				.filter(({ path }) => !path.startsWith("/apis/authorization.k8s.io/"))
				.map(({ verb, path }) => `${verb} ${path}`),
		async stop() {
			clock.stop();
			await shell.close();
			rmSync(folder, { recursive: true });
		},
	};
}

const configOf = (server: string, users: ReadonlyMap<string, string>): object => ({
	apiVersion: "v1",
	kind: "Config",
	clusters: [{ name: "okd", cluster: { server, "insecure-skip-tls-verify": true } }],
	users: [...users].map(([name, token]) => ({ name, user: { token } })),
	contexts: [...users].map(([name]) => ({ name, context: { cluster: "okd", user: name } })),
	"current-context": "here",
});

async function shorn(response: Response): Promise<Response> {
	const text = (await response.text()).replaceAll(/"providerID":"[^"]*",?/g, "");
	return new Response(text, { status: response.status, headers: { "content-type": "application/json" } });
}
