import type { KubernetesBinaries, KubernetesProgram } from "../binaries/parts.ts";
import type { KubernetesFiles } from "./kubernetes-files.ts";
import type { PlanePorts } from "./ports.ts";

/** What a program of Kubernetes is started with. */
type Invocation = {
	readonly name: Exclude<KubernetesProgram, "kubectl">;
	readonly binary: string;
	readonly args: readonly string[];
};

/** etcd, API server, controller manager and scheduler in the order in which they need each other. */
export function kubernetesPrograms(binaries: KubernetesBinaries, files: KubernetesFiles, ports: PlanePorts): Invocation[] {
	return [
		{ name: "etcd", binary: binaries.etcd, args: etcd(files, ports) },
		{ name: "kube-apiserver", binary: binaries["kube-apiserver"], args: apiServer(files, ports) },
		{ name: "kube-controller-manager", binary: binaries["kube-controller-manager"], args: controllerManager(files, ports) },
		{ name: "kube-scheduler", binary: binaries["kube-scheduler"], args: scheduler(files, ports) },
	];
}

function etcd({ etcdFolder, authority, server }: KubernetesFiles, ports: PlanePorts): string[] {
	const client = `https://127.0.0.1:${ports.etcd}`;
	const peer = `https://127.0.0.1:${ports.etcdPeer}`;
	return flags({
		name: "default",
		"data-dir": etcdFolder,
		"listen-client-urls": client,
		"advertise-client-urls": client,
		"listen-peer-urls": peer,
		"initial-advertise-peer-urls": peer,
		"initial-cluster": `default=${peer}`,
		"cert-file": server.cert,
		"key-file": server.key,
		"trusted-ca-file": authority,
		"client-cert-auth": "true",
		"peer-cert-file": server.cert,
		"peer-key-file": server.key,
		"peer-trusted-ca-file": authority,
		"peer-client-cert-auth": "true",
		// Its data goes with the plane, and the disk is the slowest part of a small machine.
		"unsafe-no-fsync": "true",
		"log-level": "warn",
	});
}

function apiServer(files: KubernetesFiles, ports: PlanePorts): string[] {
	return flags({
		"bind-address": "127.0.0.1",
		"secure-port": `${ports.apiServer}`,
		// It looks for a default route otherwise, and a network namespace of our own has none.
		"advertise-address": "10.250.0.1",
		"tls-cert-file": files.server.cert,
		"tls-private-key-file": files.server.key,
		"client-ca-file": files.authority,
		"etcd-servers": `https://127.0.0.1:${ports.etcd}`,
		"etcd-cafile": files.authority,
		"etcd-certfile": files.server.cert,
		"etcd-keyfile": files.server.key,
		"service-cluster-ip-range": "10.96.0.0/16",
		"service-account-issuer": "https://kubernetes.default.svc",
		"service-account-signing-key-file": files.signingKey,
		"service-account-key-file": files.signingKey,
		"authorization-mode": "Node,RBAC",
		"allow-privileged": "true",
		"requestheader-client-ca-file": files.frontProxy.authority,
		"requestheader-allowed-names": "front-proxy-client",
		"requestheader-username-headers": "X-Remote-User",
		"requestheader-group-headers": "X-Remote-Group",
		"requestheader-extra-headers-prefix": "X-Remote-Extra-",
		"proxy-client-cert-file": files.frontProxy.cert,
		"proxy-client-key-file": files.frontProxy.key,
		// Without kube-proxy a service address leads nowhere: webhooks and aggregated APIs are dialled at the pod's own address.
		"enable-aggregator-routing": "true",
		// EndpointSlices refuse 127/8, so the API server must not announce itself.
		"endpoint-reconciler-type": "none",
		"audit-policy-file": files.auditPolicy,
		"audit-log-path": files.auditLog,
		"audit-log-mode": "blocking",
		// One file, however long: whoever follows it should not lose its place.
		"audit-log-maxsize": "100000",
		profiling: "false",
	});
}

function controllerManager(files: KubernetesFiles, ports: PlanePorts): string[] {
	return flags({
		...client(files.kubeconfigs.controllerManager),
		"bind-address": "127.0.0.1",
		"secure-port": `${ports.controllerManager}`,
		"use-service-account-credentials": "true",
		"service-account-private-key-file": files.signingKey,
		"root-ca-file": files.authority,
		"kube-api-qps": "200",
		"kube-api-burst": "400",
	});
}

function scheduler(files: KubernetesFiles, ports: PlanePorts): string[] {
	return flags({
		...client(files.kubeconfigs.scheduler),
		"bind-address": "127.0.0.1",
		"secure-port": `${ports.scheduler}`,
		"kube-api-qps": "200",
		"kube-api-burst": "400",
	});
}

/** There is one of each: leader election would only make it die when the API server is away for ten seconds. */
function client(kubeconfig: string) {
	return {
		kubeconfig,
		"authentication-kubeconfig": kubeconfig,
		"authorization-kubeconfig": kubeconfig,
		"leader-elect": "false",
	};
}

function flags(values: Readonly<Record<string, string>>): string[] {
	return Object.entries(values).map(([flag, value]) => `--${flag}=${value}`);
}
