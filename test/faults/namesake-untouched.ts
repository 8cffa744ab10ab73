import { isOurs } from "../scenarios/stage.ts";
import type { Judge } from "./evidence.ts";

/** A Node that has our node's name and is another one. */
export const namesakeIsUntouched: Judge = ({ cluster, node, recreated }) => {
	if (recreated === undefined) return [];
	const there = cluster.store.get("nodes", undefined, node);
	const annotations = Object.keys(there?.metadata.annotations ?? {}).filter((name) => name.includes("evacuator"));
	const writes = cluster.audit.filter(
		({ at, user, verb, path, code }) =>
			at > recreated.at && isOurs(user) && verb === "patch" && path.endsWith(`/nodes/${node}`) && code < 300,
	);
	return [
		...(there?.spec?.unschedulable === true && !recreated.unschedulable ? [`the namesake of ${node} is cordoned`] : []),
		...(annotations.length > 0 ? [`the namesake of ${node} has annotations of ours`] : []),
		...(writes.length > 0 ? [`the namesake of ${node} was patched`] : []),
	];
};
