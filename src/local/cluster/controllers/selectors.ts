import { type Fields, fieldsAt, itemsAt } from "../store-object.ts";

type Labels = Readonly<Record<string, string>>;

type Rule = { readonly key: string; readonly operator: string; readonly values: readonly string[] };

function rulesAt(value: unknown, field: string): readonly Rule[] {
	return itemsAt(value, field).map((item) => ({
		key: String(fieldsAt(item).key),
		operator: String(fieldsAt(item).operator),
		values: itemsAt(item, "values").map(String),
	}));
}

function holds({ key, operator, values }: Rule, labels: Labels): boolean {
	const value = labels[key];
	switch (operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
		case "Gt":
			return value !== undefined && Number(value) > Number(values[0]);
		case "Lt":
			return value !== undefined && Number(value) < Number(values[0]);
		default:
			throw new Error(`cannot select by operator ${operator}: use In, NotIn, Exists, DoesNotExist, Gt or Lt`);
	}
}

/** Whether a label selector (matchLabels and matchExpressions) takes these labels; an absent selector takes none. */
export function selects(selector: unknown, labels: Labels | undefined): boolean {
	if (selector === undefined || selector === null) return false;
	return (
		Object.entries(fieldsAt(selector, "matchLabels")).every(([key, value]) => labels?.[key] === value) &&
		rulesAt(selector, "matchExpressions").every((rule) => holds(rule, labels ?? {}))
	);
}

/** Whether a node selector term takes a node; a term without requirements takes none. */
export function termTakes(term: unknown, node: { readonly name: string; readonly labels: Labels }): boolean {
	const expressions = rulesAt(term, "matchExpressions");
	const fields = rulesAt(term, "matchFields");
	if (expressions.length + fields.length === 0) return false;
	return (
		expressions.every((rule) => holds(rule, node.labels)) && fields.every((rule) => holds(rule, { "metadata.name": node.name }))
	);
}

type Taint = { readonly key: string; readonly value?: string; readonly effect: string };

/** Whether one of the tolerations covers this taint. */
export function tolerates(tolerations: readonly unknown[], taint: Taint): Fields | undefined {
	return tolerations.map((item) => fieldsAt(item)).find((toleration) => covers(toleration, taint));
}

function covers(toleration: Fields, taint: Taint): boolean {
	const { key, operator, value, effect } = toleration;
	if (effect !== undefined && effect !== "" && effect !== taint.effect) return false;
	if (key === undefined || key === "") return operator === "Exists";
	if (key !== taint.key) return false;
	return operator === "Exists" || (value ?? "") === (taint.value ?? "");
}
