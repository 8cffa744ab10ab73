import { Stack, Token } from "aws-cdk-lib";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import type { Role } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { ClusterConfiguration } from "../lambdas/environment.ts";
import { clusterGroup, clusterUsers } from "./cluster-roles.ts";
import type { FunctionName } from "./function-names.ts";

/**
 * Gives every function that has business in a cluster its own group in every cluster, to which the manifest binds its ClusterRole. The cluster's
 * authentication mode has to be API or API_AND_CONFIG_MAP.
 */
export function accessEntries(
	scope: Construct,
	clusters: readonly Pick<ClusterConfiguration, "name" | "region">[],
	roles: Readonly<Record<FunctionName, Role>>,
): void {
	const { region } = Stack.of(scope);
	for (const cluster of clusters) {
		if (!Token.isUnresolved(region) && !Token.isUnresolved(cluster.region) && cluster.region !== region) {
			throw new Error(
				`cannot give access to cluster ${cluster.name} in ${cluster.region}: this stack is in ${region}. Deploy one Evacuator for each region`,
			);
		}
		for (const name of clusterUsers) {
			new CfnAccessEntry(scope, `Access-${cluster.name}-${name}`, {
				clusterName: cluster.name,
				principalArn: roles[name].roleArn,
				kubernetesGroups: [clusterGroup(name)],
				type: "STANDARD",
			});
		}
	}
}
