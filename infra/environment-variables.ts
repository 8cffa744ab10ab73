import type { Stack } from "aws-cdk-lib";
import type { ClusterConfiguration, EnvironmentName } from "../lambdas/environment.ts";
import type { Policy } from "../src/domain/policy.ts";

export type Variables = Readonly<Partial<Record<EnvironmentName, string>>>;

/** What names and values of a function's environment may take together, in bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LIMIT = 4_096;
/** For the names and ARNs of the stack's own resources, which are not known yet. */
const RESERVED = 600;

type VariablesSource = {
	readonly table: string;
	readonly clusters: readonly ClusterConfiguration[];
	readonly hookNames: readonly string[];
	readonly policy: Policy;
};

/** What every function reads. Throws when there are more clusters, with their certificates, than one environment can hold. */
export function commonVariables(stack: Stack, { table, clusters, hookNames, policy }: VariablesSource): Variables {
	const configured = {
		EVACUATOR_CLUSTERS: stack.toJsonString(clusters),
		EVACUATOR_HOOKS: JSON.stringify(hookNames),
		EVACUATOR_POLICY: JSON.stringify(policy),
	};
	const bytes = Buffer.byteLength(JSON.stringify(clusters) + configured.EVACUATOR_HOOKS + configured.EVACUATOR_POLICY);
	if (bytes > LIMIT - RESERVED) {
		throw new Error(
			`cannot configure the functions: clusters, hooks and policy take ${bytes} bytes of their environment, and ${LIMIT - RESERVED} are free. Deploy one Evacuator for each cluster or two`,
		);
	}
	return { EVACUATOR_TABLE: table, ...configured };
}
