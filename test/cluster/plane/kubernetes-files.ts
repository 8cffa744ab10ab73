import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { auditPolicy } from "./audit-policy.ts";
import { type Authority, createAuthority, createSigningKey } from "./certificates.ts";
import { kubeconfig } from "./kubeconfig.ts";
import type { Identity } from "./plane.ts";

/** Paths of everything that Kubernetes' programs read and write. */
export type KubernetesFiles = {
	readonly etcdFolder: string;
	readonly logs: string;
	readonly authority: string;
	readonly server: Identity;
	readonly signingKey: string;
	readonly frontProxy: Identity & { readonly authority: string };
	readonly auditPolicy: string;
	readonly auditLog: string;
	readonly kubeconfigs: { readonly admin: string; readonly controllerManager: string; readonly scheduler: string };
};

/** The first address of the services' range, by which programs in pods know the API server, and that of the plane's own. */
const SERVER_NAMES = [
	"kubernetes.default.svc",
	"kubernetes.default",
	"kubernetes",
	"localhost",
	"127.0.0.1",
	"10.96.0.1",
	"10.250.0.1",
];

/** Writes certificates, keys, kubeconfigs and the audit policy into the folder, readable for this user only. */
export async function writeKubernetesFiles(
	folder: string,
	logs: string,
	url: string,
): Promise<{ readonly files: KubernetesFiles; readonly authority: Authority; readonly admin: Identity }> {
	const [authority, frontProxy] = await Promise.all([createAuthority("kubernetes-ca"), createAuthority("front-proxy-ca")]);
	const admin = await authority.client("kubernetes-admin", ["system:masters"]);
	const write = writerIn(folder);
	const config = async (name: string, identity: Identity) =>
		write(`${name}.kubeconfig`, kubeconfig(url, authority.cert, identity));
	const files: KubernetesFiles = {
		etcdFolder: join(folder, "etcd"),
		logs,
		authority: write("ca.crt", authority.cert),
		server: written(write, "server", await authority.server(SERVER_NAMES)),
		signingKey: write("service-accounts.key", createSigningKey()),
		frontProxy: {
			...written(write, "front-proxy", await frontProxy.client("front-proxy-client")),
			authority: write("front-proxy-ca.crt", frontProxy.cert),
		},
		auditPolicy: write("audit-policy.json", JSON.stringify(auditPolicy)),
		auditLog: writerIn(logs)("audit.log", ""),
		kubeconfigs: {
			admin: await config("admin", admin),
			controllerManager: await config("controller-manager", await authority.client("system:kube-controller-manager")),
			scheduler: await config("scheduler", await authority.client("system:kube-scheduler")),
		},
	};
	return { files, authority, admin };
}

type Write = (name: string, text: string) => string;

function writerIn(folder: string): Write {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	return (name, text) => {
		const path = join(folder, name);
		writeFileSync(path, text, { mode: 0o600 });
		return path;
	};
}

function written(write: Write, name: string, { cert, key }: Identity): Identity {
	return { cert: write(`${name}.crt`, cert), key: write(`${name}.key`, key) };
}
