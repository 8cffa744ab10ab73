type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };

/** What CloudFormation makes of a stack, as far as values of the definition need it. */
export type Template = { readonly Resources: Readonly<Record<string, Resource>> };

const ACCOUNT = "111122223333";
const REGION = "eu-central-1";

const pseudo: Readonly<Record<string, string>> = {
	"AWS::Partition": "aws",
	"AWS::AccountId": ACCOUNT,
	"AWS::Region": REGION,
	"AWS::URLSuffix": "amazonaws.com",
};

/** By resource type: what Ref and, with an attribute, Fn::GetAtt give. Named after the logical id, so that they are stable. */
const values: Readonly<Record<string, (id: string, template: Template) => string>> = {
	"AWS::Lambda::Version": (id, template) => `${resolved(functionOfVersion(id, template), template)}:1`,
	"AWS::Lambda::Function.Arn": (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
	"AWS::DynamoDB::Table": (id) => id,
	"AWS::SNS::Topic": (id) => `arn:aws:sns:${REGION}:${ACCOUNT}:${id}`,
};

/** Replaces Ref, Fn::GetAtt, Fn::Join and Fn::Sub by values; throws on a function or a resource that it does not know. */
export function resolved(value: unknown, template: Template): unknown {
	if (Array.isArray(value)) return value.map((item) => resolved(item, template));
	if (typeof value !== "object" || value === null) return value;
	const [[key, argument] = [], ...others] = Object.entries(value);
	if (key === undefined || others.length > 0 || !(key === "Ref" || key.startsWith("Fn::"))) {
		return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, resolved(child, template)]));
	}
	return call(key, argument, template);
}

function call(name: string, argument: unknown, template: Template): string {
	if (name === "Ref") return reference(String(argument), template);
	if (name === "Fn::GetAtt") return reference([argument].flat().join("."), template);
	if (name === "Fn::Join") {
		const [separator, parts] = argument as [string, unknown[]];
		return parts.map((part) => String(resolved(part, template))).join(separator);
	}
	if (name === "Fn::Sub" && typeof argument === "string") {
		return argument.replace(/\$\{([^}!]+)\}/g, (_, path: string) => reference(path, template));
	}
	throw new Error(`cannot resolve ${name} of the template: only Ref, Fn::GetAtt, Fn::Join and a plain Fn::Sub are known`);
}

function reference(path: string, template: Template): string {
	const known = pseudo[path];
	if (known !== undefined) return known;
	const [id = "", attribute] = path.split(/\.(.*)/s);
	const type = `${template.Resources[id]?.Type}${attribute ? `.${attribute}` : ""}`;
	const value = values[type];
	if (!value) throw new Error(`cannot resolve ${path} of the template: it is ${type}, whose value is only known in AWS`);
	return value(id, template);
}

/** The id of a version holds a hash of the code; that of its function does not. */
function functionOfVersion(id: string, { Resources }: Template): unknown {
	const name = Resources[id]?.Properties?.FunctionName as { readonly Ref: string } | undefined;
	return { "Fn::GetAtt": [name?.Ref, "Arn"] };
}
