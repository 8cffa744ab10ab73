import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { ClusterUnauthorized, ConfigurationInvalid } from "../../faults.ts";
import type { Clock, Cluster } from "../../ports.ts";
import { createCluster } from "./cluster.ts";
import type { ClusterApiOptions } from "./cluster-api.ts";
import { createHttpsSend } from "./https-send.ts";

/**
 * The cluster of a kubeconfig's current context, under that context's name. Its CA, client certificate, token, exec plugin
 * and impersonation count; a proxy throws ConfigurationInvalid.
 */
export async function connectWithKubeConfig(kubeConfig: KubeConfig, clock: Clock): Promise<Cluster> {
	return createCluster(await reachOfKubeConfig(kubeConfig, clock));
}

/** How to reach that cluster, for `createCluster` and for whoever asks its API server something else. */
export async function reachOfKubeConfig(
	kubeConfig: KubeConfig,
	clock: Clock,
): Promise<ClusterApiOptions & { readonly server: string }> {
	const context = kubeConfig.getCurrentContext();
	const cluster = kubeConfig.getCurrentCluster();
	if (!cluster)
		throw new ConfigurationInvalid(`cannot use the kubeconfig: its current context ${JSON.stringify(context)} names no cluster`);
	if (cluster.proxyUrl) throw new ConfigurationInvalid(`cannot use context ${context}: proxy-url is not supported, leave it out`);
	const { ca, cert, key, passphrase, servername, rejectUnauthorized } = await ask(kubeConfig);
	const tls = { ca, cert, key, passphrase, servername, rejectUnauthorized };
	return {
		name: context,
		clock,
		server: cluster.server,
		send: createHttpsSend({ tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) }),
		authorize: async () => headersOf(await ask(kubeConfig)),
	};
}

/** client-node renews a token by itself when it has run out. */
async function ask(kubeConfig: KubeConfig): Promise<RequestOptions> {
	const options: RequestOptions = {};
	await kubeConfig.applyToHTTPSOptions(options).catch((cause: Error) => {
		const context = kubeConfig.getCurrentContext();
		throw new ClusterUnauthorized(`cannot get credentials for context ${context}: ${cause.message}`, { cause });
	});
	return options;
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
	const stated = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
	const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
	return { ...basic, ...Object.fromEntries(stated) };
}
