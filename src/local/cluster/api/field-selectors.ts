import { fieldsAt, type KubeObject } from "../store-object.ts";
import type { ResourceType } from "../store-resources.ts";

export type FieldRequirement = { readonly field: string; readonly equal: boolean; readonly value: string };

const everywhere = ["metadata.name", "metadata.namespace"];

// https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/#list-of-supported-fields
const further: Readonly<Record<string, readonly string[]>> = {
	pods: ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP"],
	nodes: ["spec.unschedulable"],
	namespaces: ["status.phase"],
	events: [
		"involvedObject.kind",
		"involvedObject.namespace",
		"involvedObject.name",
		"involvedObject.uid",
		"involvedObject.apiVersion",
		"reason",
		"reportingComponent",
		"type",
	],
};

/** Reads `spec.nodeName=n1,status.phase!=Failed`. Throws SyntaxError in the words of the API server. */
export function parseFieldSelector(text: string, type: ResourceType): readonly FieldRequirement[] {
	return text
		.split(",")
		.filter((part) => part !== "")
		.map((part) => parseRequirement(part, text, type));
}

function parseRequirement(part: string, text: string, type: ResourceType): FieldRequirement {
	const [, field, operator, value = ""] = /^([^!=]+)(!=|==|=)(.*)$/.exec(part) ?? [];
	if (field === undefined) throw new SyntaxError(`invalid selector: '${text}'; can't understand '${part}'`);
	const special = further[type.resource];
	if (!everywhere.includes(field) && !special?.includes(field))
		throw new SyntaxError(unknownField(field, type, special !== undefined));
	return { field, equal: operator !== "!=", value };
}

function unknownField(field: string, type: ResourceType, special: boolean): string {
	if (special || type.custom) return `field label not supported: ${field}`;
	return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function valueAt(object: KubeObject, field: string): string {
	const path = field.split(".");
	const value = fieldsAt(object, ...path.slice(0, -1))[path.at(-1) ?? ""];
	if (field === "spec.unschedulable") return String(value ?? false);
	return value === undefined || value === null ? "" : String(value);
}

/** True when every requirement is met; a field that is missing is the empty text. */
export function matchesFields(requirements: readonly FieldRequirement[], object: KubeObject): boolean {
	return requirements.every(({ field, equal, value }) => (valueAt(object, field) === value) === equal);
}
