import { drainsAtOnce, type Policy, strictPolicy } from "../../src/domain/policy.ts";
import { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { isOurs, POWER_OFF_MS } from "../scenarios/stage.ts";
import { addInstances, clustersOf, memory, monitorOf, served, startGround } from "./fleet.ts";
import { createLeavingNodes, type LeavingNode } from "./leaving-node.ts";

/** What it took to drain so many nodes of a few clusters that were all told to leave within a minute, in this process. */
export type CrowdFigures = {
	readonly nodes: number;
	readonly clusters: number;
	/** So many drains of a cluster go on at once; the others wait. */
	readonly slots: number;
	readonly hookSeconds: number;
	/** Of one drain, on average: requests to the Kubernetes API, writes and reads of the table. */
	readonly requests: number;
	readonly writes: number;
	readonly reads: number;
	readonly invocations: number;
	/** Virtual seconds from the first order to the last completed hook. */
	readonly virtualSeconds: number;
	/** The longest time between two heartbeats of a hook, as a share of its time-out. */
	readonly slowestBeat: number;
	readonly wallSeconds: number;
	readonly peakRssMiB: number;
	readonly heapMiB: number;
	/** What the monitor of both laws saw, what was not completed, and what was done twice. */
	readonly wrong: readonly string[];
};

export const CROWD = { clusters: 20, vms: 4, hookSeconds: 3_600, withinSeconds: 60 } as const;
/**
 * What an operator sets who means to replace most of a cluster at once, and knows it: no share of nodes that leave is too many.
 * Otherwise the circuit breaker would rightly pause every drain. Slots are left as they are when nothing is set: two for each cluster.
 */
export const CROWD_POLICY: Policy = { ...strictPolicy, mostLeavingShare: 1 };
const HOURS_48_MS = 48 * 3_600_000;
/** Real milliseconds: all nodes may have something to do at one moment of virtual time. */
const PATIENCE_MS = 600_000;

/** Drains so many nodes, told to leave one after the other within a minute, by one deployment. */
export async function drainCrowd(count: number): Promise<CrowdFigures> {
	const began = performance.now();
	const clock = new VirtualClock({ deadline: HOURS_48_MS, patience: PATIENCE_MS });
	const nodes = createCrowd(clock, count);
	const monitor = monitorOf(nodes);
	const counted = { invocations: 0 };
	const ground = await startGround({ clock, nodes, monitor, policy: CROWD_POLICY, onInvoke: () => counted.invocations++ });
	try {
		addInstances(ground, nodes, CROWD.hookSeconds);
		const start = clock.now();
		await clock.run(() => leaveWithinAMinute(clock, ground, nodes));
		const clusters = clustersOf(nodes);
		let requests = 0;
		for (const { audit } of clusters) {
			for (const { user, verb, path } of audit) monitor.request(user, verb, path);
			requests += audit.filter(({ user }) => isOurs(user)).length;
		}
		return {
			nodes: count,
			clusters: clusters.length,
			slots: drainsAtOnce(CROWD_POLICY),
			hookSeconds: CROWD.hookSeconds,
			requests: requests / count,
			writes: served(ground, "PutItem", "UpdateItem") / count,
			reads: served(ground, "GetItem", "BatchGetItem", "Query") / count,
			invocations: counted.invocations / count,
			virtualSeconds: (lastEnd(ground) - start) / 1000,
			slowestBeat: slowestBeat(ground) / (CROWD.hookSeconds * 1000),
			wallSeconds: (performance.now() - began) / 1000,
			...memory(),
			wrong: [...monitor.violations.map(({ law, says }) => `law ${law}: ${says}`), ...wrongEnds(ground, nodes)],
		};
	} finally {
		await ground.stop();
	}
}

function createCrowd(clock: VirtualClock, count: number): readonly LeavingNode[] {
	const clusters = Math.min(CROWD.clusters, count);
	return Array.from({ length: clusters }, (_, index) => {
		const nodes = Math.floor(count / clusters) + (index < count % clusters ? 1 : 0);
		return createLeavingNodes(clock, index + 1, nodes, CROWD.vms);
	}).flat();
}

async function leaveWithinAMinute(clock: VirtualClock, { aws }: EmbeddedGround, nodes: readonly LeavingNode[]): Promise<void> {
	const apart = (CROWD.withinSeconds * 1000) / nodes.length;
	for (const { instanceId } of nodes) {
		aws.terminate(instanceId, "scale in");
		await clock.sleep(apart);
	}
	const left = new Set(nodes);
	while (left.size > 0) {
		await clock.sleep(5_000);
		for (const node of left) if (aws.instance(node.instanceId).ec2 === "terminated") left.delete(node);
	}
	await clock.sleep(2 * POWER_OFF_MS);
}

const lastEnd = ({ aws }: EmbeddedGround): number =>
	aws.log.reduce((last, event) => (event.kind === "ended" ? Math.max(last, event.at) : last), 0);

function slowestBeat({ aws }: EmbeddedGround): number {
	const heardAt = new Map<string, number>();
	let slowest = 0;
	for (const { kind, at, instanceId } of aws.log) {
		if (kind !== "waiting" && kind !== "heartbeat" && kind !== "ended") continue;
		slowest = Math.max(slowest, at - (heardAt.get(instanceId) ?? at));
		heardAt.set(instanceId, at);
	}
	return slowest;
}

function wrongEnds({ aws, machine }: EmbeddedGround, nodes: readonly LeavingNode[]): readonly string[] {
	const continued = aws.log.filter((event) => event.kind === "ended" && event.how === "completed" && event.result === "CONTINUE");
	const asked = aws.requests.filter(({ operation }) => operation === "CompleteLifecycleAction").length;
	const failed = machine.list().filter(({ status }) => status !== "SUCCEEDED");
	const alive = clustersOf(nodes).flatMap(({ truth }) => truth.guests().filter((guest) => guest.alive));
	const leaving = new Set(nodes.map(({ instanceId }) => instanceId));
	const well = alive.filter(({ instanceId }) => !leaving.has(instanceId));
	return [
		...(continued.length === nodes.length && asked === nodes.length
			? []
			: [`${continued.length} hooks are completed by ${asked} requests, of ${nodes.length}`]),
		...failed.map(({ name, status }) => `execution ${name} is ${status}`),
		...(machine.list().length === nodes.length ? [] : [`${machine.list().length} executions for ${nodes.length} drains`]),
		...(well.length === nodes.length * CROWD.vms
			? []
			: [`${well.length} of ${nodes.length * CROWD.vms} VMs are alive elsewhere`]),
	];
}
