import type { PolicyRule } from "../../../infra/cluster-roles.ts";

/** The rules of a function without this verb on this resource ("pods/eviction"), and all else as it was. */
export const rulesWithout = (rules: readonly PolicyRule[], verb: string, resource: string): readonly PolicyRule[] =>
	rules.flatMap((rule) => {
		if (!rule.resources.includes(resource) || !rule.verbs.includes(verb)) return [rule];
		const others = { ...rule, resources: rule.resources.filter((other) => other !== resource) };
		const rest = { ...rule, resources: [resource], verbs: rule.verbs.filter((other) => other !== verb) };
		return [others, rest].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);
	});
