import type { Roles } from "./roles.ts";
import { homeNode } from "./seeds.ts";

/** What was recorded, and what came here instead, both in roles. */
export type Difference = { readonly recorded: unknown; readonly here: unknown };

/** The same in roles: no made-up names, uids, versions or addresses, and no difference between nodes that only chance decided. */
export function toldOf(value: unknown, roles: Roles): unknown {
	if (value === undefined) return undefined;
	const text = roles
		.told(JSON.stringify(value))
		.replaceAll(/the ResourceVersion in record \(\d+\)/g, "the ResourceVersion in record (<version>)")
		.replaceAll(/dial tcp [\d.]+:\d+/g, "dial tcp <address>")
		.replaceAll(/\bnode[1-9]\b/g, (node) => (node === homeNode ? "home" : "elsewhere"));
	return JSON.parse(text);
}
