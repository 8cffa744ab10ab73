// Run by the cdk command, see cdk.json. `-c config=<file>` names the configuration.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { Code } from "aws-cdk-lib/aws-lambda";
import { clusterManifest } from "./cluster-manifest.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { Evacuator } from "./evacuator.ts";
import type { FunctionName } from "./function-names.ts";
import { outputs } from "./outputs.ts";

const bundles = fileURLToPath(new URL("../dist/lambdas", import.meta.url));

function bundleOf(name: FunctionName): Code {
	const folder = join(bundles, name);
	if (!existsSync(join(folder, "index.mjs")))
		throw new Error(`cannot find the bundle of ${name} in ${folder}: run npm run build`);
	return Code.fromAsset(folder);
}

function addEvacuator(stack: Stack, { vpc, clusters, hookNames, policy, groups }: Configuration): void {
	const evacuator = new Evacuator(stack, "Evacuator", {
		clusters,
		hookNames,
		policy,
		code: bundleOf,
		...(groups && { groups }),
		...(vpc && {
			vpc: Vpc.fromVpcAttributes(stack, "Vpc", {
				vpcId: vpc.id,
				availabilityZones: [...vpc.availabilityZones],
				privateSubnetIds: [...vpc.privateSubnetIds],
			}),
		}),
	});
	outputs(stack, evacuator);
}

const app = new App({ analyticsReporting: false });
const config: unknown = app.node.tryGetContext("config");
const configuration = readConfiguration(typeof config === "string" ? config : undefined);
const { account, region } = configuration;
addEvacuator(new Stack(app, "Evacuator", { env: { account, region } }), configuration);
const { directory } = app.synth();
writeFileSync(join(directory, "cluster-rbac.yaml"), clusterManifest());
