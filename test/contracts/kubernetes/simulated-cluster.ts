import { createCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import type { Authorize } from "../../../src/adapters/kubernetes/exchange.ts";
import type { Send } from "../../../src/adapters/kubernetes/send.ts";
import type { NodeIdentity } from "../../../src/domain/identity.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { createApiServer } from "../../../src/local/cluster/api/api-server.ts";
import type { Authenticate } from "../../../src/local/cluster/api/authorization.ts";
import type { EvictionWebhook } from "../../../src/local/cluster/api/eviction-webhooks.ts";
import type { Fault } from "../../../src/local/cluster/api/provoked-faults.ts";
import { type KubeObject, type NewObject, Store } from "../../../src/local/cluster/store.ts";
import type { Cluster } from "../../../src/ports.ts";
import { sample } from "./sample.ts";
import { withSilenceLimit } from "./silence-limit.ts";

type Options = {
	readonly authenticate?: Authenticate;
	readonly authorize?: Authorize;
	readonly webhook?: EvictionWebhook;
	/** Milliseconds of silence after which a watch breaks off; default: never. */
	readonly silenceLimitMs?: number;
};

/** The adapter over a simulated API server, with no controllers behind it: what a test puts into the store stays. */
export function simulatedCluster(options: Options = {}) {
	const clock = new VirtualClock({ deadline: 3_600_000 });
	const store = new Store(clock);
	const { authenticate, authorize, webhook, silenceLimitMs } = options;
	const server = createApiServer({
		store,
		clock,
		kubernetesVersion: "v1.35.6",
		admission: { evictionWebhooks: webhook ? [webhook] : [] },
		...(authenticate && { authenticate }),
	});
	const send: Send = (request) => server.handle(request);
	const cluster = createCluster({
		name: "prod",
		clock,
		send: silenceLimitMs === undefined ? send : withSilenceLimit(send, clock, silenceLimitMs),
		...(authorize && { authorize }),
	});
	return {
		clock,
		store,
		cluster,
		/** Lets requests suffer; the answer ends it. */
		fail: (fault: Fault) => server.faults.add(fault),
		/** Runs on virtual time, and tells which requests it took. */
		async asking<T>(f: (cluster: Cluster) => Promise<T>): Promise<{ value: T; asked: string[] }> {
			const before = server.audit.length;
			const value = await clock.run(() => f(cluster));
			return { value, asked: server.audit.slice(before).map(({ verb, path, query }) => `${verb} ${path}${search(query)}`) };
		},
		/** The fault that this throws, on virtual time. */
		fault: (f: (cluster: Cluster) => Promise<unknown>): Promise<Error> =>
			clock.run(() =>
				f(cluster).then(
					(value) => new Error(`no fault, but ${JSON.stringify(value)}`),
					(fault: Error) => fault,
				),
			),
		sent: () => server.audit.at(-1)?.body,
	};
}

function search({ limit: _limit, ...query }: Readonly<Record<string, string>>): string {
	const text = Object.entries(query)
		.filter(([name]) => name !== "resourceVersion")
		.map(([name, value]) => `${name}=${value}`)
		.join("&");
	return text && `?${text}`;
}

export function identityOf(node: KubeObject): NodeIdentity {
	const { providerID } = node.spec as { providerID: string };
	return { name: node.metadata.name, uid: node.metadata.uid, providerId: providerID };
}

/** A Node; the last digits of its instance follow from `number`. */
export function addNode(store: Store, name: string, number = 1): KubeObject {
	const { metadata, status } = sample("node-cordoned") as NewObject;
	return store.create("nodes", {
		apiVersion: "v1",
		kind: "Node",
		metadata: { name, labels: metadata.labels ?? {} },
		spec: { providerID: `aws:///eu-west-1b/i-0123456789abcde0${number}` },
		status: { allocatable: status?.allocatable, conditions: status?.conditions },
	});
}

/** An ordinary pod; on no node when `node` is left out. */
export function addPod(store: Store, name: string, node?: string, labels: Record<string, string> = {}): KubeObject {
	return store.create("pods", {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "apps", labels },
		spec: { containers: [{ name: "c", image: "c" }], ...(node && { nodeName: node }) },
		status: { phase: node ? "Running" : "Pending" },
	});
}

type VmiShape = {
	readonly node?: string;
	readonly strategy?: string | null;
	readonly owner?: KubeObject;
	readonly status?: object;
};

/** A running VMI as recorded, with another name, node, owner or strategy; `null` leaves the strategy out. */
export function addVmi(
	store: Store,
	name: string,
	{ node = "node1", strategy = "LiveMigrate", owner, status = {} }: VmiShape = {},
) {
	const recorded = sample("vmi-running") as NewObject;
	const { evictionStrategy: _, ...spec } = recorded.spec ?? {};
	const { kind = "", apiVersion = "", metadata } = owner ?? {};
	return store.create("virtualmachineinstances", {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstance",
		metadata: {
			name,
			namespace: "vms",
			labels: { "kubevirt.io/nodeName": node },
			ownerReferences: metadata ? [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }] : [],
		},
		spec: { ...spec, ...(strategy !== null && { evictionStrategy: strategy }) },
		status: { ...recorded.status, nodeName: node, ...status },
	});
}

export function addLauncher(store: Store, vmi: KubeObject, node?: string): KubeObject {
	const { name, uid } = vmi.metadata;
	const owner = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", name, uid, controller: true };
	return store.create("pods", {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			name: `virt-launcher-${name}-${node ?? "unbound"}`,
			namespace: "vms",
			labels: { "kubevirt.io": "virt-launcher", "kubevirt.io/created-by": uid },
			ownerReferences: [owner],
		},
		spec: { containers: [{ name: "compute", image: "c" }], ...(node && { nodeName: node }) },
		status: { phase: node ? "Running" : "Pending" },
	});
}

export function addVm(store: Store, name: string, runStrategy = "Always"): KubeObject {
	const metadata = { name, namespace: "vms" };
	return store.create("virtualmachines", {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachine",
		metadata,
		spec: { runStrategy },
	});
}

export function addKubeVirt(store: Store, configuration: object = {}): KubeObject {
	const metadata = { name: "kubevirt", namespace: "kubevirt" };
	const status = { observedKubeVirtVersion: "v1.9.0" };
	return store.create("kubevirts", { apiVersion: "kubevirt.io/v1", kind: "KubeVirt", metadata, spec: { configuration }, status });
}

export function addMigration(store: Store, vmiName: string, phase = "Running"): KubeObject {
	return store.create("virtualmachineinstancemigrations", {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceMigration",
		metadata: { generateName: "kubevirt-evacuation-", namespace: "vms" },
		spec: { vmiName },
		status: { phase },
	});
}
