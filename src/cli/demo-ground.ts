import { clusterRoles } from "../../infra/cluster-roles.ts";
import { functionNames } from "../../infra/function-names.ts";
import { synthesiseDefinition } from "../../infra/synthesised-definition.ts";
import { delivery, functionSeconds, sweepSeconds } from "../../infra/time-outs.ts";
import { createHttpsSend } from "../adapters/kubernetes/https-send.ts";
import type { Policy } from "../domain/policy.ts";
import type { SimulationClock } from "../local/clock/simulation-clock.ts";
import { serve } from "../local/cluster/api/http-shell.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../local/cluster/simulated-cluster.ts";
import { clusterByTokens } from "../local/embedded-cluster.ts";
import { type EmbeddedGround, type FunctionName, startEmbeddedGround } from "../local/embedded-ground.ts";
import type { EmbeddedGroundOptions } from "../local/embedded-ground-options.ts";
import type { Leaving } from "./scenarios/scenario.ts";

export const group = "kubevirt-workers";
export const hook = { name: "evacuator", heartbeatTimeoutSeconds: 300, defaultResult: "ABANDON", tells: [] } as const;

export type DemoGround = {
	readonly cluster: SimulatedCluster;
	readonly leaving: Leaving;
	readonly aws: EmbeddedGround["aws"];
	readonly queues: EmbeddedGround["queues"];
	readonly records: ReturnType<EmbeddedGround["worldOf"]>["records"];
	stop(): Promise<void>;
};

type DemoGroundOptions = Pick<EmbeddedGroundOptions, "invoke" | "onExecutionEvent" | "onSay"> & {
	readonly clock: SimulationClock;
	readonly policy: Policy;
	readonly seed: (cluster: SimulatedCluster) => Leaving;
};

/**
 * A seeded cluster behind HTTP on loopback, an Auto Scaling group of its instances, and the whole deployment beside them.
 * Each function reaches the cluster in its own name, with the rules that the cluster's manifest gives it.
 */
export async function startDemoGround({ clock, policy, seed, ...hooks }: DemoGroundOptions): Promise<DemoGround> {
	const { definition, functionOf, tableName } = synthesiseDefinition();
	const cluster = createSimulatedCluster({ clock, name: "demo", kubevirtVersion: "1.9.0" });
	const leaving = seed(cluster);
	const shell = await serve((request) => cluster.handle(request));
	// A request on its way over the socket is work: while it lasts the clock must not run ahead.
	const send = createHttpsSend();
	const tokens = new Map(
		functionNames.map((name) => [name, cluster.users.add({ name: userOf(name), rules: clusterRoles[name] })] as const),
	);
	const { aws, queues, ...ground } = await startEmbeddedGround({
		clock,
		clusters: [
			clusterByTokens({
				name: cluster.name,
				server: shell.url,
				send: (request) => clock.thread(() => send(request)),
				clock,
				tokenOf: (name) => tokens.get(name) ?? "",
			}),
		],
		definition,
		functionOf,
		functionSeconds,
		sweepSeconds,
		delivery,
		tableName,
		policy,
		onTaken: (instanceId) => cluster.faults.takeInstance(instanceId),
		...hooks,
	});
	aws.addGroup({ name: group, hooks: [hook] });
	for (const instanceId of instancesOf(cluster)) {
		aws.addInstance({ instanceId, group, tags: { [`kubernetes.io/cluster/${cluster.name}`]: "owned" } });
	}
	return {
		cluster,
		leaving,
		aws,
		queues,
		records: ground.worldOf("assess").records,
		async stop() {
			aws.stop();
			await ground.stop();
			await shell.close();
		},
	};
}

/** Whose requests are Evacuator's, in the API server's audit. */
export const userOf = (name: FunctionName): string => `evacuator-${name}`;

type NodeShown = { readonly name: string; readonly zone: string; readonly instanceId: string };

/** The nodes in the order in which they were added, with the instances that their provider ids name. */
export const nodesOf = ({ store }: SimulatedCluster): readonly NodeShown[] =>
	store.list("nodes").map(({ metadata, spec }) => {
		const [, zone = "", instanceId = ""] = /^aws:\/\/\/(.+)\/(.+)$/.exec(String(spec?.providerID)) ?? [];
		return { name: metadata.name, zone, instanceId };
	});

const instancesOf = (cluster: SimulatedCluster): readonly string[] => nodesOf(cluster).map(({ instanceId }) => instanceId);
