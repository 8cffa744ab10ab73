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

const PAUSE_MS = 5_000;

/**
 * A pod that its budget keeps is not asked for again within five seconds; but for the repetition of a step that is still under
 * way, which cannot know of it.
 */
export const refusalsPause: Judge = ({ cluster, fired }) => {
	const refusedAt = new Map<string, number>();
	const tooSoon = cluster.audit.flatMap(({ at, user, path, code }) => {
		if (!isOurs(user) || !path.endsWith("/eviction") || path.includes("virt-launcher")) return [];
		const before = refusedAt.get(path);
		if (code === 429) refusedAt.set(path, at);
		return before !== undefined && at - before < PAUSE_MS
			? [`${path} was asked for ${(at - before) / 1_000} s after it was refused`]
			: [];
	});
	return tooSoon.slice(fired.get("step overtaken by its repetition") ?? 0);
};
