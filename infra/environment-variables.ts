import { type Stack, Token } from "aws-cdk-lib";
import type { ClusterConfiguration, EnvironmentName } from "../lambdas/environment.ts";
import type { Policy } from "../src/domain/policy.ts";

export type Variables = Readonly<Partial<Record<EnvironmentName, string>>>;

/** Lambda's limit for all names and values of a function's environment. */
const LIMIT = 4_096;

/** What every function reads. Throws when the clusters' certificates are too many for one environment. */
export function commonVariables(
	stack: Stack,
	from: {
		readonly table: string;
		readonly clusters: readonly ClusterConfiguration[];
		readonly hookNames: readonly string[];
		readonly policy: Policy;
	},
): Variables {
	return {
		EVACUATOR_TABLE: from.table,
		EVACUATOR_CLUSTERS: stack.toJsonString(from.clusters),
		EVACUATOR_HOOKS: JSON.stringify(from.hookNames),
		EVACUATOR_POLICY: JSON.stringify(from.policy),
	};
}

/** Only what is known before deployment counts: a token is shorter or longer than its value. */
export function refuseTooMuch(variables: Variables): void {
	const known = Object.entries(variables).filter(([, value]) => !Token.isUnresolved(value));
	const bytes = known.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
	if (bytes <= LIMIT) return;
	throw new Error(
		`cannot configure the functions: clusters, hooks and policy take ${bytes} bytes of environment, and Lambda allows ${LIMIT}. Deploy one Evacuator for fewer clusters`,
	);
}
