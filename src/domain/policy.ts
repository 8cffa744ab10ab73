import { type NamespacedName, nameOf } from "./namespaced-name.ts";
/** What an operator allows in writing. The default allows nothing. */
export type Policy = {
	/** VMs that an eviction may stop for good or lose. `*` stands for any run of characters within one name. */
	readonly mayEnd: readonly NamespacedName[];
	/** How many nodes of one cluster are drained at once, 1 at least; default 2. */
	readonly maxConcurrentDrains?: number;
	/** The share of a cluster's VM nodes, above 0 and up to 1, that may be on its way out before new drains pause; default 0.34. */
	readonly mostLeavingShare?: number;
};

export const strictPolicy: Policy = { mayEnd: [] };

export const drainsAtOnce = ({ maxConcurrentDrains = 2 }: Policy): number => maxConcurrentDrains;

export const leavingShare = ({ mostLeavingShare = 0.34 }: Policy): number => mostLeavingShare;

const matches = (pattern: string, name: string): boolean => {
	const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
	return new RegExp(`^${parts.join("[^/]*")}$`).test(name);
};

/** Whether the written policy, or a request, lets this VM stop or be lost. `requested` holds `namespace/name`. */
export function mayEnd(policy: Policy, requested: readonly string[], vm: NamespacedName): boolean {
	if (requested.includes(nameOf(vm))) return true;
	return policy.mayEnd.some((rule) => matches(rule.namespace, vm.namespace) && matches(rule.name, vm.name));
}
