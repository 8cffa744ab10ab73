import type { EvictionStrategy } from "../../../domain/look.ts";
import { ClusterRefused } from "../../../faults.ts";

const STRATEGIES: ReadonlySet<string> = new Set([
	"LiveMigrate",
	"LiveMigrateIfPossible",
	"External",
	"None",
] satisfies EvictionStrategy[]);

/** Undefined when it is left out. One that we do not know decides over a VM's life, so it throws ClusterRefused. */
export function evictionStrategyOf(value: string | null | undefined, whose: string): EvictionStrategy | undefined {
	if (!value) return undefined;
	if (STRATEGIES.has(value)) return value as EvictionStrategy;
	throw new ClusterRefused(
		`cannot tell what an eviction does to ${whose}: its evictionStrategy ${JSON.stringify(value)} is not one that we know`,
	);
}
