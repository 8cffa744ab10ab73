import { clusterRoles } from "../../infra/cluster-roles.ts";
import { functionNames } from "../../infra/function-names.ts";
import { type SynthesisedDefinition, synthesiseDefinition } from "../../infra/synthesised-definition.ts";
import { delivery, functionSeconds, sweepSeconds } from "../../infra/time-outs.ts";
import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";
import { clusterByTokens, type EmbeddedCluster } from "../../src/local/embedded-cluster.ts";
import { type EmbeddedGround, type FunctionName, startEmbeddedGround } from "../../src/local/embedded-ground.ts";
import type { EmbeddedGroundOptions } from "../../src/local/embedded-ground-options.ts";
import type { Clock } from "../../src/ports.ts";

/** Milliseconds from AWS's decision to the end of everything on the instance. */
export const POWER_OFF_MS = 10_000;

/** Whether a user of a cluster's API is one of Evacuator's functions. */
export const isOurs = (user: string): boolean => user.startsWith("evacuator-");

/** Makes every function known to the cluster, with the rules of infra; the answer is its token, good for no other cluster. */
export function admitFunctions({ name: cluster, users }: SimulatedCluster): Readonly<Record<FunctionName, string>> {
	const admitted = functionNames.map((name) => {
		const token = `token-of-${name}-in-${cluster}`;
		return [name, users.add({ name: `evacuator-${name}`, rules: clusterRoles[name], token })] as const;
	});
	return Object.fromEntries(admitted) as Record<FunctionName, string>;
}

/** A simulated cluster as the functions reach it. */
export const reachOf = (
	cluster: SimulatedCluster,
	tokens: Readonly<Record<FunctionName, string>>,
	clock: Clock,
): EmbeddedCluster =>
	clusterByTokens({ name: cluster.name, send: (request) => cluster.handle(request), clock, tokenOf: (name) => tokens[name] });

export type ChangeDefinition = (definition: SynthesisedDefinition["definition"]) => unknown;

let kept: SynthesisedDefinition | undefined;
/** The same for every run of a process, and slow to make. */
export const synthesised = (): SynthesisedDefinition => {
	kept ??= synthesiseDefinition();
	return kept;
};

export type Deployment = Omit<
	EmbeddedGroundOptions,
	"definition" | "functionOf" | "functionSeconds" | "sweepSeconds" | "delivery" | "tableName"
>;

/**
 * The embedded ground with the definition and the time-outs of the stack that would be deployed; a scenario may change the
 * definition.
 */
export function deploy(deployment: Deployment, change: ChangeDefinition = (it) => it): Promise<EmbeddedGround> {
	const { definition, functionOf, tableName } = synthesised();
	return startEmbeddedGround({
		...deployment,
		definition: change(definition),
		functionOf,
		functionSeconds,
		sweepSeconds,
		delivery,
		tableName,
	});
}
