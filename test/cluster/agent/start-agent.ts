import { type ClusterApi, createClusterApi } from "../../../src/adapters/kubernetes/cluster-api.ts";
import { createHttpsSend } from "../../../src/adapters/kubernetes/https-send.ts";
import type { Send } from "../../../src/adapters/kubernetes/send.ts";
import { realClock } from "../../../src/adapters/real-clock.ts";
import type { SimulationClock } from "../../../src/local/clock/simulation-clock.ts";
import { podAddress } from "../../../src/local/cluster/controllers/pod-status.ts";
import { MachineMishaps } from "../../../src/local/cluster/kubevirt/machine-mishaps.ts";
import type { NodePrograms } from "../../../src/local/cluster/kubevirt/node-programs.ts";
import type { KubeObject, Resource } from "../../../src/local/cluster/store.ts";
import { textAt } from "../../../src/local/cluster/store-object.ts";
import { Truth } from "../../../src/local/cluster/truth.ts";
import type { Identity } from "../plane/plane.ts";
import type { Agent } from "./agent.ts";
import { startNodePrograms } from "./agent-ground.ts";
import { AgentNodes } from "./agent-nodes.ts";
import { ask } from "./ask.ts";
import { endRequestOf, followAuditLog } from "./audit-tail.ts";
import { HandlerTokens } from "./handler-tokens.ts";
import type { MirrorStore } from "./mirror-store.ts";
import { MishapLog } from "./mishap-log.ts";
import { NodePresence } from "./node-presence.ts";
import { pauseOf } from "./pause-of.ts";
import { startMirror } from "./start-mirror.ts";

type AgentOptions = {
	readonly url: string;
	/** PEM. */
	readonly ca: string;
	/** In the group system:masters. Its user must be no other program's: what it does is nobody's request. */
	readonly identity: Identity;
	/** Of the API server, metadata of every write at least. */
	readonly auditLog: string;
	/** Real time: `new ScaledClock(1)`. */
	readonly clock: SimulationClock;
	/** The addresses that pods have whose programs run as processes; undefined for all others. */
	readonly addresses: (pod: KubeObject) => string | undefined;
};

/**
 * Longer than a watch lasts: a bookmark comes only when the API server has something newer than the watch's beginning, and
 * of a resource at rest it hears as rarely as etcd notifies it of progress (every ten minutes by default).
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go
 */
const quietWatchMs = 660_000;

const always: readonly Resource[] = ["nodes", "pods"];
/** Served when KubeVirt is installed. */
const ofKubeVirt: readonly Resource[] = [
	"virtualmachines",
	"virtualmachineinstances",
	"virtualmachineinstancemigrations",
	"virtualmachineinstancereplicasets",
	"kubevirts",
];

/** Starts what stands in for kubelets, virt-handlers and guests, and returns when it has seen the cluster's nodes and pods. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
	const { clock, addresses } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	const pause = pauseOf(clock, signal);
	const log = new MishapLog(() => clock.now());
	const failed = (what: string): void => log.note(what);
	const { api, handlerApi, user } = await connect(options);
	const tokens = new HandlerTokens(api, () => clock.now());
	const { mirror, listed, ended } = startMirror({
		api,
		handler: async (vmi, store) => ({ api: handlerApi, token: await tokens.of(vmi, store) }),
		resources: [...always, ...ofKubeVirt],
		pause,
		signal,
		failed,
	});
	const { ground, programs } = startNodePrograms(clock, mirror, (pod) => addresses(pod) ?? podAddress(pod));
	const truth = new Truth(clock, mirror, programs.guests);
	const presence = new NodePresence(ground, api, failed);
	const machineMishaps = new MachineMishaps(ground, programs, (nodeName) => {
		presence.changed(nodeName);
		nodes.changed(nodeName);
	});
	const nodes: AgentNodes = new AgentNodes({ api, ground, mirror, presence, machineMishaps, pause, failed });
	presence.start();
	const following = layAtDoors(options.auditLog, { mirror, programs, user, pause, signal, failed });
	await Promise.all(always.map(listed));
	return {
		store: mirror,
		knobs: ground.knobs,
		truth,
		addNode: (seed) => nodes.add(seed),
		removeNode: (name) => nodes.remove(name),
		kubelet: (name, state) => machineMishaps.kubelet(name, state),
		takeInstance: (instanceId) => machineMishaps.takeInstance(instanceId),
		crash: (namespace, name) => machineMishaps.crash(namespace, name),
		mishaps: log.lines,
		async stop() {
			stopping.abort();
			ground.agenda.stop();
			await Promise.all([ended, following]);
		},
	};
}

/** As the agent itself, and without a name, for whoever brings a token: a certificate would win over it. */
async function connect({ url, ca, identity }: AgentOptions) {
	const apiOver = (send: Send): ClusterApi =>
		createClusterApi({ name: "the control plane", server: url, clock: realClock, send });
	const api = apiOver(createHttpsSend({ tls: { ca, ...identity }, quietWatchMs }));
	return { api, handlerApi: apiOver(createHttpsSend({ tls: { ca } })), user: await userOf(api) };
}

type Doors = {
	readonly mirror: MirrorStore;
	readonly programs: NodePrograms;
	/** The agent's own. */
	readonly user: string;
	readonly pause: (ms: number) => Promise<void>;
	readonly signal: AbortSignal;
	readonly failed: (what: string) => void;
};

/** Learns from the audit log who asks for the end of pods and VMs, so that the end of a guest can be laid at somebody's door. */
function layAtDoors(auditLog: string, { mirror, programs, user, pause, signal, failed }: Doors): Promise<void> {
	const tell = (event: unknown): void => {
		const request = endRequestOf(event, user);
		const object = request && mirror.get(request.resource, request.namespace, request.name);
		if (request && object) programs.causes.asked(request.how, object.metadata.uid, request.user);
	};
	return followAuditLog(auditLog, tell, { pause, signal }).catch((fault: Error) => {
		failed(`reading the audit log: ${fault.message}`);
	});
}

async function userOf(api: ClusterApi): Promise<string> {
	const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
	const answer = await ask(api, { method: "POST", path: "/apis/authentication.k8s.io/v1/selfsubjectreviews", body });
	const user = textAt(answer.body, "status", "userInfo", "username");
	if (user !== undefined) return user;
	throw new Error(`cannot learn the agent's own name at the API server: ${answer.message} (${answer.code})`);
}
