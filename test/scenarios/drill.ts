import { invokeHandler } from "../../src/cli/invoke-handler.ts";
import { mayEnd, type Policy, strictPolicy } from "../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../src/domain/record.ts";
import type { HookSettings } from "../../src/local/aws/account.ts";
import { VirtualClock } from "../../src/local/clock/virtual-clock.ts";
import { type ClusterOptions, createSimulatedCluster, type SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround, FunctionName, Invocation } from "../../src/local/embedded-ground.ts";
import type { Notice } from "../../src/local/service-integrations.ts";
import { Monitor, type Violation } from "../monitor/laws.ts";
import { admitFunctions, type ChangeDefinition, type Deployment, deploy, isOurs, POWER_OFF_MS, reachOf } from "./stage.ts";
import { type Trace, traceOf } from "./trace.ts";
import { watchedCluster } from "./watched-cluster.ts";

export const LEAVING = "i-0aaaaaaaaaaaaaaa1";
export const HOOK: HookSettings = {
	name: "evacuator",
	heartbeatTimeoutSeconds: 3600,
	defaultResult: "ABANDON",
	tells: ["eventbridge"],
};

const instanceOfMore = (index: number): string => `i-0bbbbbbbbbbbb${String(index).padStart(4, "0")}`;

export type Stage = {
	readonly clock: VirtualClock;
	readonly cluster: SimulatedCluster;
	readonly ground: EmbeddedGround;
	readonly monitor: Monitor;
	/** The node that leaves. */
	readonly node: string;
	/** Every node of the group, that one first. */
	readonly leaving: readonly { readonly instanceId: string; readonly node: string }[];
	/** Other nodes, in the order of their zones. */
	readonly others: readonly string[];
	/** What the functions have logged and what was published so far. */
	readonly says: readonly Readonly<Record<string, unknown>>[];
	readonly notices: readonly { readonly subject: string; readonly message: string }[];
	/** The token by which each function is known to the cluster: to be revoked, or given to a user of other rules. */
	readonly tokens: Readonly<Record<FunctionName, string>>;
	/** An order on its way lets this VM (`namespace/name`) end: the monitor may know. */
	allow(vm: string): void;
	/** Whether the maintenance has entered this state of the definition. */
	hasEntered(state: string): boolean;
	/** Waits until this holds, looking every half second; fails after an hour, or so many minutes, naming `what`. */
	until(holds: () => boolean | Promise<boolean>, what?: string, minutes?: number): Promise<void>;
	record(instanceId?: string): Promise<MaintenanceRecord | undefined>;
};

export type Drill = {
	/** Puts VMs and pods on the node. */
	readonly seed: (cluster: SimulatedCluster, node: string, others: readonly string[], leaving: Stage["leaving"]) => void;
	readonly policy?: Policy;
	readonly hooks?: readonly HookSettings[];
	/** Names of the hooks that are ours; default: those of `hooks`. */
	readonly ours?: readonly string[];
	/** What else happens, and when it is over; default: the instance is told to go, and is over when it is gone. */
	readonly play?: (stage: Stage) => Promise<void>;
	/** More nodes; default three others of the same size. */
	readonly otherNodes?: number;
	/** More nodes of the group that may leave, on which nothing is seeded. */
	readonly moreLeaving?: number;
	readonly retain?: boolean;
	/** Prepares the stage before any time passes: faults, users. */
	readonly prepare?: (stage: Stage) => void;
	/** What happens to an invocation on its way to the function: Lambda's own troubles. */
	readonly aroundInvoke?: (invocation: Invocation, run: () => Promise<unknown>, clock: VirtualClock) => Promise<unknown>;
	/** What happens to a request on its way to AWS. */
	readonly boundary?: (clock: VirtualClock) => NonNullable<Deployment["boundary"]>;
	/** What is deployed instead of the definition. */
	readonly changeDefinition?: ChangeDefinition;
	/** KubeVirt's settings and version; default 1.9.0. */
	readonly kubevirt?: Partial<Pick<ClusterOptions, "limits" | "defaultEvictionStrategy" | "kubevirtVersion">>;
	/** What SNS does with a notice; to throw is to fail. */
	readonly onPublish?: (notice: Notice) => void;
	/** Hours of virtual time after which the drill has failed. */
	readonly hours?: number;
};

export type Outcome = {
	readonly record: MaintenanceRecord | undefined;
	readonly violations: readonly Violation[];
	readonly trace: readonly string[];
	readonly says: readonly Readonly<Record<string, unknown>>[];
	readonly notices: readonly { readonly subject: string; readonly message: string }[];
	/** Bytes of the longest output of a state, over all executions. */
	readonly longestOutput: number;
	readonly stage: Stage;
};

/** Leaves by its hook, and waits until AWS has taken it. */
export const leave = async ({ ground, until }: Stage): Promise<void> => {
	ground.aws.terminate(LEAVING, "scale in");
	await until(() => ground.aws.instance(LEAVING).ec2 === "terminated");
};

/** Leaves by its hook, and waits until the maintenance holds. */
export const leaveUntilHold = async ({ ground, until, hasEntered }: Stage): Promise<void> => {
	ground.aws.terminate(LEAVING, "scale in");
	await until(() => hasEntered("Hold"));
};

/**
 * One whole drain on the embedded ground in virtual time: the synthesised definition, the handlers as exported, the real
 * adapters over the simulated API and the embedded AWS, with the monitor of both laws on.
 */
export async function drill(options: Drill): Promise<Outcome> {
	const { policy = strictPolicy, hooks = [HOOK], otherNodes = 3, hours = 4 } = options;
	const handle = invokeHandler(options.ours ?? hooks.map(({ name }) => name));
	const around = options.aroundInvoke ?? ((_invocation, run) => run());
	const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1), deadline: hours * 3_600_000, patience: 20_000 });
	const cluster = createSimulatedCluster({ clock, name: "prod", kubevirtVersion: "1.9.0", ...options.kubevirt });
	const others = Array.from({ length: otherNodes }, () => cluster.add.node().metadata.name);
	const node = cluster.add.node({ instanceId: LEAVING, zone: "eu-west-1a", infrastructure: false }).metadata.name;
	const more = Array.from({ length: options.moreLeaving ?? 0 }, (_, index) => {
		const instanceId = instanceOfMore(index);
		return { instanceId, node: cluster.add.node({ instanceId, infrastructure: false }).metadata.name };
	});
	const leaving = [{ instanceId: LEAVING, node }, ...more];
	options.seed(cluster, node, others, leaving);
	const tokens = admitFunctions(cluster);
	const drained = new Set(leaving.map(({ instanceId }) => instanceId));
	const monitor = new Monitor({
		clusters: [watchedCluster(cluster)],
		mayEnd: (vm) => mayEnd(policy, allowed, vm),
		isOurs,
		drained: (instanceId) => drained.has(instanceId),
	});
	const allowed: string[] = [];
	const says: Readonly<Record<string, unknown>>[] = [];
	const notices: { subject: string; message: string }[] = [];
	const entered = new Set<string>();
	let longestOutput = 0;
	const trace: Trace = traceOf(clock);
	const deployment: Deployment = {
		clock,
		clusters: [reachOf(cluster, tokens, clock)],
		policy,
		invoke: (invocation) => around(invocation, () => handle(invocation), clock),
		...(options.boundary && { served: "in process", boundary: options.boundary(clock) }),
		onTaken: (instanceId, why) => {
			trace.add(`taken ${instanceId} ${why}`);
			if (why === "lapsed") monitor.lapsed(instanceId, "its last hook");
			monitor.taken(instanceId, why);
			clock.at(POWER_OFF_MS, () => cluster.faults.takeInstance(instanceId));
		},
		onAccountEvent: (event) => {
			if (event.kind === "tagged") monitor.taken(event.instanceId, "marked");
		},
		onExecutionEvent: (event) => {
			if (event.type === "entered") entered.add(event.state);
			if (event.type === "exited") longestOutput = Math.max(longestOutput, Buffer.byteLength(JSON.stringify(event.output)));
			trace.execution(event);
		},
		onNotice: (notice) => {
			options.onPublish?.(notice);
			trace.add(`notice ${notice.subject}`);
			notices.push(notice);
		},
		onSay: (line) => {
			trace.add(`say ${JSON.stringify(line)}`);
			says.push(line);
		},
	};
	const ground = await deploy(deployment, options.changeDefinition);
	cluster.truth.subscribe((event) => trace.add(`truth ${JSON.stringify(event)}`));
	ground.aws.addGroup({ name: "workers", hooks: [...hooks], ...(options.retain && { retain: true }) });
	for (const { instanceId } of leaving)
		ground.aws.addInstance({ instanceId, group: "workers", tags: { "kubernetes.io/cluster/prod": "owned" } });
	const stage: Stage = {
		clock,
		cluster,
		ground,
		monitor,
		node,
		leaving,
		others,
		says,
		notices,
		tokens,
		allow: (vm) => void allowed.push(vm),
		hasEntered: (state) => entered.has(state),
		until: async (holds, what = "it is over", minutes = 60) => {
			const end = clock.now() + minutes * 60_000;
			while (!(await holds())) {
				if (clock.now() > end) throw new Error(`waited ${minutes} minutes in vain until ${what}`);
				await clock.sleep(500);
			}
		},
		record: (instanceId = LEAVING) => ground.worldOf("intake").records.latest(instanceId),
	};
	options.prepare?.(stage);
	let audited = 0;
	const judgeRequests = () => {
		for (; audited < cluster.audit.length; audited++) {
			const entry = cluster.audit[audited];
			if (!entry) return;
			monitor.request(entry.user, entry.verb, entry.path);
			if (isOurs(entry.user)) trace.request(entry);
		}
	};
	try {
		const record = await clock.run(async () => {
			await (options.play ?? leave)(stage);
			return stage.record();
		});
		judgeRequests();
		for (const { instanceId } of leaving) {
			const { tags, ec2 } = ground.aws.instance(instanceId);
			if (ec2 === "running" && tags["evacuator.io/safe-to-terminate"]) monitor.stillMarked(instanceId);
		}
		return { record, violations: monitor.violations, trace: trace.lines, says, notices, longestOutput, stage };
	} catch (cause) {
		throw new Error(`the drill failed; what happened:\n${trace.lines.join("\n")}`, { cause });
	} finally {
		await ground.stop();
	}
}
