import * as z from "zod";
import { createCluster } from "../../adapters/kubernetes/cluster.ts";
import { type ClusterApi, createClusterApi } from "../../adapters/kubernetes/cluster-api.ts";
import { reachOfKubeConfig } from "../../adapters/kubernetes/kube-config-cluster.ts";
import { type KubeConfigPlace, readKubeConfig } from "../../adapters/kubernetes/read-kube-config.ts";
import type { SimulationClock } from "../../local/clock/simulation-clock.ts";
import type { Cluster } from "../../ports.ts";
import { withOwnIdentities } from "./own-identity.ts";

/** The cluster of a context, as the user of that context reaches it. */
export type Reach = {
	readonly context: string;
	readonly server: string;
	/** Every Node in it has a provider id that names an instance. */
	readonly cluster: Cluster;
	readonly api: ClusterApi;
	/** How many requests have been sent so far. */
	readonly requests: () => number;
};

/** Reads the kubeconfig and gets credentials; asks the cluster nothing yet. */
export async function reachContext(context: string, place: KubeConfigPlace, clock: SimulationClock): Promise<Reach> {
	const { send, ...reach } = await reachOfKubeConfig(readKubeConfig(context, place), clock);
	let requests = 0;
	const options = {
		...reach,
		// A request on its way over the socket is work: while it lasts the clock must not run ahead.
		send: (request: Request) => {
			requests += 1;
			return clock.thread(() => send(request));
		},
	};
	return {
		context,
		server: reach.server,
		cluster: withOwnIdentities(createCluster(options)),
		api: createClusterApi(options),
		requests: () => requests,
	};
}

const versionSchema = z.object({ gitVersion: z.string() });

/** `v1.35.4`; undefined where the API server does not say it to this user. */
export async function kubernetesVersion({ server, exchange }: ClusterApi): Promise<string | undefined> {
	const response = await exchange({ method: "GET", url: `${server}/version`, headers: { accept: "application/json" } });
	if (!response.ok) {
		await response.body?.cancel();
		return undefined;
	}
	const read = versionSchema.safeParse(await response.json().catch(() => undefined));
	return read.data?.gitVersion;
}
