import { App, type CfnElement, Stack } from "aws-cdk-lib";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { Code } from "aws-cdk-lib/aws-lambda";
import { Evacuator, type EvacuatorProps } from "../../infra/evacuator.ts";
import type { FunctionName } from "../../infra/function-names.ts";
import { outputs } from "../../infra/outputs.ts";

type Json = Readonly<Record<string, unknown>>;
type Output = { readonly Description?: string; readonly Value: unknown };
type Resource = { readonly Type: string; readonly Properties: Json; readonly DeletionPolicy?: string };
type Template = { readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs: Readonly<Record<string, Output>> };

export const cluster = {
	name: "production",
	region: "eu-central-1",
	endpoint: "https://cluster.example",
	certificateAuthority: "Y2VydGlmaWNhdGU=",
};

const props: EvacuatorProps = {
	clusters: [cluster],
	hookNames: ["evacuator", "evacuator-spot"],
	policy: { mayEnd: [] },
	groups: ["machines"],
	code: () => Code.fromInline("export const handler = undefined;"),
};

/** The template of a stack with the construct in it, and the app's outputs. */
export function stackUnderTest(change: Partial<EvacuatorProps> = {}, { inVpc = false } = {}) {
	const app = new App({ analyticsReporting: false, treeMetadata: false, builtinCloudFormationValidation: false });
	const stack = new Stack(app, "Drains", { env: { account: "111122223333", region: "eu-central-1" } });
	const network = { vpcId: "vpc-1", availabilityZones: ["eu-central-1a"], privateSubnetIds: ["subnet-1"] };
	const vpc = inVpc ? { vpc: Vpc.fromVpcAttributes(stack, "Vpc", network) } : {};
	const evacuator = new Evacuator(stack, "Evacuator", { ...props, ...vpc, ...change });
	outputs(stack, evacuator);
	const { Resources, Outputs } = app.synth().getStackArtifact(stack.artifactId).template as Template;
	const idOf = (construct: { readonly node: { readonly defaultChild?: unknown } }) =>
		stack.getLogicalId(construct.node.defaultChild as CfnElement);
	const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
	return {
		Resources,
		Outputs,
		idOf,
		evacuator,
		ofType,
		propertiesOf: (construct: Parameters<typeof idOf>[0]): Json => Resources[idOf(construct)]?.Properties ?? {},
		permissionsOf: (name: FunctionName | "machine") =>
			permissions(ofType("AWS::IAM::Policy"), idOf(name === "machine" ? evacuator.machine.role : evacuator.functions[name].role)),
	};
}

type Statement = {
	readonly Effect: string;
	readonly Action: string | readonly string[];
	readonly Resource: unknown;
	readonly Condition?: unknown;
};

/** One line `action on resource` for everything that the policies of a role allow; ` if …` where there is a condition. */
function permissions(policies: readonly Resource[], role: string): string[] {
	const statements = policies
		.filter(({ Properties }) => (Properties.Roles as Json[]).some(({ Ref }) => Ref === role))
		.flatMap(({ Properties }) => (Properties.PolicyDocument as { readonly Statement: Statement[] }).Statement);
	const lines = statements.flatMap(({ Effect, Action, Resource, Condition }) =>
		[Action].flat().flatMap((action) =>
			[Resource].flat().map((resource) => {
				const when = Condition ? ` if ${JSON.stringify(Condition)}` : "";
				return `${Effect === "Allow" ? "" : `${Effect} `}${action} on ${readable(resource)}${when}`;
			}),
		),
	);
	return [...new Set(lines)].sort();
}

/** A value of the template as text: resources by their ids without hashes. */
export function readable(value: unknown): string {
	if (typeof value === "string") return value;
	const [[key, argument] = ["", undefined]] = Object.entries(value as Json);
	if (key === "Ref") return nameOf(String(argument));
	if (key === "Fn::GetAtt") return nameOf(String((argument as string[])[0]));
	if (key === "Fn::Join") return (argument as [string, unknown[]])[1].map(readable).join("");
	throw new Error(`cannot read ${JSON.stringify(value)}`);
}

const nameOf = (id: string) =>
	id === "AWS::Partition" ? "aws" : `<${id.replace(/^Evacuator/, "").replace(/(CurrentVersion.*|[0-9A-F]{8})$/, "")}>`;
