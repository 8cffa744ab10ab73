import { invokeHandler } from "../../src/cli/invoke-handler.ts";
import { type Policy, strictPolicy } from "../../src/domain/policy.ts";
import { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { Monitor } from "../monitor/laws.ts";
import { admitFunctions, deploy, isOurs, POWER_OFF_MS, reachOf } from "../scenarios/stage.ts";
import { watchedCluster } from "../scenarios/watched-cluster.ts";
import { type DrainFigures, figuresOfDrain } from "./drain-figures.ts";
import { createLeavingNode, type LeavingNode } from "./leaving-node.ts";

/** What it took to drain one node of each cluster at the same time, in this process. */
export type FleetFigures = {
	readonly hookSeconds: number;
	readonly drains: readonly DrainFigures[];
	/** What the monitor of both laws saw, and what no single drain shows. */
	readonly wrong: readonly string[];
	readonly invocations: number;
	readonly tableReads: number;
	readonly tableWrites: number;
	readonly wallSeconds: number;
	/** Of the process so far. */
	readonly peakRssMiB: number;
	/** After a collection, with everything of the run still held. */
	readonly heapMiB: number;
};

const HOUR_MS = 3_600_000;
/** Real milliseconds: all clusters may have something to do at one moment of virtual time. */
const PATIENCE_MS = 300_000;
const group = "workers";

/** Drains one node in each of so many clusters, all told at the same moment, by one deployment. */
export async function drainFleet(clusters: number, hookSeconds: number): Promise<FleetFigures> {
	const began = performance.now();
	const clock = new VirtualClock({ deadline: HOUR_MS, patience: PATIENCE_MS });
	const nodes = Array.from({ length: clusters }, (_, index) => createLeavingNode(clock, index + 1));
	const monitor = monitorOf(nodes);
	const counted = { invocations: 0 };
	const ground = await startGround({ clock, nodes, monitor, onInvoke: () => counted.invocations++ });
	try {
		addInstances(ground, nodes, hookSeconds);
		const start = clock.now();
		await clock.run(() => leaveAll(clock, ground, nodes));
		for (const { cluster } of nodes) for (const { user, verb, path } of cluster.audit) monitor.request(user, verb, path);
		const wallSeconds = (performance.now() - began) / 1000;
		const asked = ground.aws.requests.filter(({ operation }) => operation === "CompleteLifecycleAction").length;
		return {
			hookSeconds,
			drains: nodes.map((node) => figuresOfDrain(node, ground, start)),
			wrong: [
				...monitor.violations.map(({ law, says }) => `law ${law}: ${says}`),
				...(asked === clusters ? [] : [`${asked} requests to complete ${clusters} hooks`]),
			],
			...counted,
			tableReads: served(ground, "GetItem", "BatchGetItem", "Query"),
			tableWrites: served(ground, "PutItem", "UpdateItem"),
			wallSeconds,
			...memory(),
		};
	} finally {
		await ground.stop();
	}
}

export function monitorOf(nodes: readonly LeavingNode[]): Monitor {
	const leaving = new Set(nodes.map(({ instanceId }) => instanceId));
	return new Monitor({
		clusters: clustersOf(nodes).map(watchedCluster),
		mayEnd: () => false,
		isOurs,
		drained: (instanceId) => leaving.has(instanceId),
	});
}

/** Several nodes may leave one cluster. */
export const clustersOf = (nodes: readonly LeavingNode[]) => [...new Set(nodes.map(({ cluster }) => cluster))];

type Start = {
	readonly clock: VirtualClock;
	readonly nodes: readonly LeavingNode[];
	readonly monitor: Monitor;
	readonly policy?: Policy;
	readonly onInvoke: () => void;
};

export function startGround({ clock, nodes, monitor, policy = strictPolicy, onInvoke }: Start): Promise<EmbeddedGround> {
	const handle = invokeHandler(["evacuator"]);
	const clusterOf = new Map(nodes.map(({ instanceId, cluster }) => [instanceId, cluster]));
	return deploy({
		clock,
		clusters: clustersOf(nodes).map((cluster) => reachOf(cluster, admitFunctions(cluster), clock)),
		policy,
		invoke: (invocation) => {
			onInvoke();
			return handle(invocation);
		},
		onTaken: (instanceId, why) => {
			if (why === "lapsed") monitor.lapsed(instanceId, "evacuator");
			monitor.taken(instanceId, why);
			clock.at(POWER_OFF_MS, () => clusterOf.get(instanceId)?.faults.takeInstance(instanceId));
		},
		onAccountEvent: ({ kind, instanceId }) => {
			if (kind === "tagged") monitor.taken(instanceId, "marked");
		},
	});
}

export function addInstances({ aws }: EmbeddedGround, nodes: readonly LeavingNode[], hookSeconds: number): void {
	const hook = { name: "evacuator", defaultResult: "ABANDON", tells: ["eventbridge"] } as const;
	aws.addGroup({ name: group, hooks: [{ ...hook, heartbeatTimeoutSeconds: hookSeconds }] });
	for (const { instanceId, cluster } of nodes)
		aws.addInstance({ instanceId, group, tags: { [`kubernetes.io/cluster/${cluster.name}`]: "owned" } });
}

/** Until AWS has taken every instance and the last one is off; a drain that never ends fails at the clock's deadline. */
async function leaveAll(clock: VirtualClock, { aws }: EmbeddedGround, nodes: readonly LeavingNode[]): Promise<void> {
	for (const { instanceId } of nodes) aws.terminate(instanceId, "scale in");
	while (nodes.some(({ instanceId }) => aws.instance(instanceId).ec2 !== "terminated")) await clock.sleep(1_000);
	await clock.sleep(2 * POWER_OFF_MS);
}

export const served = ({ store }: EmbeddedGround, ...operations: readonly string[]): number =>
	operations.reduce((sum, operation) => sum + (store.served.get(operation) ?? 0), 0);

const MIB = 1024 * 1024;

export function memory(): Pick<FleetFigures, "peakRssMiB" | "heapMiB"> {
	const peakRssMiB = process.resourceUsage().maxRSS / 1024;
	globalThis.gc?.();
	return { peakRssMiB, heapMiB: process.memoryUsage().heapUsed / MIB };
}
