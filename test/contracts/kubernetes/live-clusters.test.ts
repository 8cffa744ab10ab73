import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { KubeConfig } from "@kubernetes/client-node";
import { createEksCluster } from "../../../src/adapters/kubernetes/eks-cluster.ts";
import { connectWithKubeConfig } from "../../../src/adapters/kubernetes/kube-config-cluster.ts";
import { realClock } from "../../../src/adapters/real-clock.ts";
import { ClusterUnauthorized, ClusterUnreachable, ConfigurationInvalid } from "../../../src/faults.ts";
import { sample } from "./sample.ts";

/** A key pair made for this test; it serves loopback and nothing else. */
const tls = sample("loopback-tls") as { certificate: string; key: string };
const ca = Buffer.from(tls.certificate).toString("base64");
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

/** An API server behind TLS that knows one node, and takes what `mayEnter` lets in. */
async function behindTls(mayEnter: (authorization: string) => boolean = () => true) {
	const asked: string[] = [];
	const server = createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
		const authorization = request.headers.authorization ?? "";
		asked.push(`${request.method} ${request.url} ${authorization.slice(0, 24)}`);
		response.writeHead(mayEnter(authorization) ? 200 : 401, { "content-type": "application/json" });
		response.end(JSON.stringify(mayEnter(authorization) ? sample("node-cordoned") : {}));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	closing.push(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return { asked, endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function kubeConfig(server: string, cluster: object = { caData: ca }, user: object = { token: "secret" }): KubeConfig {
	const config = new KubeConfig();
	config.loadFromOptions({
		clusters: [{ name: "c", server, ...cluster }],
		users: [{ name: "u", ...user }],
		contexts: [{ name: "here", cluster: "c", user: "u" }],
		currentContext: "here",
	});
	return config;
}

describe("an EKS cluster", () => {
	const role = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
	const options = { name: "prod", region: "eu-west-1", certificateAuthority: ca, credentials: async () => role };

	it("is asked behind its own CA, with a token of the role", async () => {
		const { asked, endpoint } = await behindTls((authorization) => authorization.startsWith("Bearer k8s-aws-v1."));
		const cluster = createEksCluster({ ...options, endpoint }, realClock);
		expect(cluster.name).toBe("prod");
		expect((await cluster.findNodes({ name: "node1" })).map((node) => node.name)).toEqual(["node1"]);
		expect(asked).toEqual(["GET /api/v1/nodes/node1 Bearer k8s-aws-v1.aHR0cH"]);
	});

	it("that has no access entry for the role says so after a second token", async () => {
		const { asked, endpoint } = await behindTls(() => false);
		const cluster = createEksCluster({ ...options, endpoint }, realClock);
		await expect(cluster.findNodes({ name: "node1" })).rejects.toThrow(ClusterUnauthorized);
		expect(asked).toHaveLength(2);
	});
});

describe("a kubeconfig", () => {
	it("gives the cluster of its current context, with CA and token", async () => {
		const { asked, endpoint } = await behindTls();
		const cluster = await connectWithKubeConfig(kubeConfig(`${endpoint}/`), realClock);
		expect(cluster.name).toBe("here");
		expect(await cluster.findNodes({ name: "node1" })).toHaveLength(1);
		expect(asked).toEqual(["GET /api/v1/nodes/node1 Bearer secret"]);
	});

	it("with a user and a password asks with both", async () => {
		const { asked, endpoint } = await behindTls();
		const user = { username: "ann", password: "b" };
		await (await connectWithKubeConfig(kubeConfig(endpoint, { caData: ca }, user), realClock)).findNodes({ name: "node1" });
		expect(asked).toEqual(["GET /api/v1/nodes/node1 Basic YW5uOmI="]);
	});

	it("without the CA does not trust the server", async () => {
		const { endpoint } = await behindTls();
		const cluster = await connectWithKubeConfig(kubeConfig(endpoint, {}), realClock);
		await expect(cluster.findNodes({ name: "node1" })).rejects.toThrow(ClusterUnreachable);
	});

	it("whose plugin fails says for which context", async () => {
		const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-plugin", interactiveMode: "Never" };
		const connecting = connectWithKubeConfig(kubeConfig("https://k", {}, { exec }), realClock);
		await expect(connecting).rejects.toThrow(/^cannot get credentials for context here: /);
	});

	it("that names no cluster, or a proxy, is refused", async () => {
		await expect(connectWithKubeConfig(new KubeConfig(), realClock)).rejects.toThrow(ConfigurationInvalid);
		const proxied = kubeConfig("https://k", { proxyUrl: "http://proxy" });
		await expect(connectWithKubeConfig(proxied, realClock)).rejects.toThrow(
			new ConfigurationInvalid("cannot use context here: proxy-url is not supported, leave it out"),
		);
	});
});
