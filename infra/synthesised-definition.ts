import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type CfnElement, Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { strictPolicy } from "../src/domain/policy.ts";
import { Evacuator } from "./evacuator.ts";
import { type StepName, stepNames } from "./function-names.ts";
import { resolved, type Template } from "./template-values.ts";

/** A definition in the States language. */
export type Definition = {
	readonly StartAt: string;
	readonly States: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

export type SynthesisedDefinition = {
	readonly definition: Definition;
	/** The step that a Task's Resource calls; undefined for a service integration. */
	readonly functionOf: (resource: string) => StepName | undefined;
	/** As the definition names them. */
	readonly tableName: string;
	readonly topicArn: string;
};

const cluster = {
	name: "embedded",
	region: "eu-central-1",
	endpoint: "https://cluster.invalid",
	certificateAuthority: "bm90IGEgY2VydGlmaWNhdGU=",
};

/**
 * The definition of the stack that would be deployed, with made-up but stable ARNs. Needs no bundle of the functions:
 * what the stack would upload for them is not part of the definition.
 */
export function synthesiseDefinition(): SynthesisedDefinition {
	const outdir = mkdtempSync(join(tmpdir(), "evacuator-synth-"));
	try {
		const app = new App({ outdir, analyticsReporting: false, treeMetadata: false, builtinCloudFormationValidation: false });
		const stack = new Stack(app, "Evacuator");
		const evacuator = new Evacuator(stack, "Evacuator", {
			clusters: [cluster],
			hookNames: ["evacuator"],
			policy: strictPolicy,
			code: () => Code.fromInline("export const handler = undefined;"),
		});
		const template = app.synth().getStackArtifact(stack.artifactId).template as Template;
		return readDefinition(template, evacuator, stack);
	} finally {
		rmSync(outdir, { recursive: true });
	}
}

function readDefinition(
	template: Template,
	{ machine, functions, table, notices }: Evacuator,
	stack: Stack,
): SynthesisedDefinition {
	const idOf = (construct: { readonly node: { readonly defaultChild?: unknown } }) =>
		stack.getLogicalId(construct.node.defaultChild as CfnElement);
	const text = template.Resources[idOf(machine)]?.Properties?.DefinitionString;
	const steps = new Map<string, StepName>(
		stepNames.map((name) => {
			const arn: unknown = resolved({ "Fn::GetAtt": [idOf(functions[name].lambda), "Arn"] }, template);
			return [`${String(arn)}:1`, name] as const;
		}),
	);
	return {
		definition: JSON.parse(String(resolved(text, template))) as Definition,
		functionOf: (resource) => steps.get(resource),
		tableName: String(resolved({ Ref: idOf(table) }, template)),
		topicArn: String(resolved({ Ref: idOf(notices) }, template)),
	};
}
