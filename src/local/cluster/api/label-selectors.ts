import { fieldsAt, isFields, itemsAt } from "../store-object.ts";

export type LabelRequirement =
	| { readonly key: string; readonly operator: "in" | "notin"; readonly values: readonly string[] }
	| { readonly key: string; readonly operator: "exists" | "absent"; readonly values?: never };

type Labels = Readonly<Record<string, string>>;

const key = "[A-Za-z0-9][A-Za-z0-9._/-]*";
const word = "[A-Za-z0-9._-]*";
const setForm = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const equalForm = new RegExp(`^(${key})\\s*(==|=|!=)\\s*(${word})$`);
const existsForm = new RegExp(`^(!)?\\s*(${key})$`);

/** Reads `a=b,c!=d,e in (f,g),!h`. Throws SyntaxError that says what it could not read. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
	return splitOutsideParentheses(text).map(parseRequirement);
}

function splitOutsideParentheses(text: string): string[] {
	return text
		.split(/,(?![^()]*\))/)
		.map((part) => part.trim())
		.filter((part) => part !== "");
}

function parseRequirement(text: string): LabelRequirement {
	const equal = equalForm.exec(text);
	if (equal !== null) {
		const [, label = "", operator, value = ""] = equal;
		return { key: label, operator: operator === "!=" ? "notin" : "in", values: [value] };
	}
	const set = setForm.exec(text);
	if (set !== null) {
		const [, label = "", operator, list = ""] = set;
		return { key: label, operator: operator === "in" ? "in" : "notin", values: list.split(",").map((value) => value.trim()) };
	}
	const exists = existsForm.exec(text);
	if (exists !== null) return { key: exists[2] ?? "", operator: exists[1] === "!" ? "absent" : "exists" };
	throw new SyntaxError(`unable to parse requirement: found '${text}', expected: identifier, in, notin, =, ==, != or !`);
}

function meets(requirement: LabelRequirement, labels: Labels): boolean {
	const has = Object.hasOwn(labels, requirement.key);
	if (requirement.values === undefined) return has === (requirement.operator === "exists");
	const listed = has && requirement.values.includes(labels[requirement.key] ?? "");
	return requirement.operator === "in" ? listed : !listed;
}

/** True when every requirement is met. `!=` and `notin` are met by objects without the label. */
export function matchesLabels(requirements: readonly LabelRequirement[], labels: Labels | undefined): boolean {
	return requirements.every((requirement) => meets(requirement, labels ?? {}));
}

const operators: Readonly<Record<string, LabelRequirement["operator"]>> = {
	In: "in",
	NotIn: "notin",
	Exists: "exists",
	DoesNotExist: "absent",
};

/** Reads a `LabelSelector` object; undefined when it is missing, empty or not valid: it then selects nothing. */
export function readLabelSelector(selector: unknown): readonly LabelRequirement[] | undefined {
	const equal = Object.entries(fieldsAt(selector, "matchLabels")).map(
		([label, value]): LabelRequirement => ({ key: label, operator: "in", values: [String(value)] }),
	);
	const expressions = itemsAt(selector, "matchExpressions").map(readExpression);
	if (expressions.includes(undefined) || equal.length + expressions.length === 0) return undefined;
	return [...equal, ...expressions.filter((expression) => expression !== undefined)];
}

function readExpression(expression: unknown): LabelRequirement | undefined {
	if (!isFields(expression) || typeof expression.key !== "string") return undefined;
	const operator = operators[String(expression.operator)];
	if (operator === undefined) return undefined;
	if (operator === "exists" || operator === "absent") return { key: expression.key, operator };
	return { key: expression.key, operator, values: itemsAt(expression, "values").map(String) };
}
