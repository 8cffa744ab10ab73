import type { AuditEntry } from "../../src/local/cluster/api/api-server.ts";
import { isOurs } from "../scenarios/stage.ts";
import type { Judge } from "./evidence.ts";

/** The API server took it, or its answer is lost and it was not meant for another object than this one. */
const mayHaveWritten = ({ code, body }: AuditEntry, uid: string | undefined): boolean =>
	code === 0 ? uidOf(body) === undefined || uidOf(body) === uid : code < 300;

const uidOf = (body: unknown): unknown => (body as { readonly metadata?: { readonly uid?: unknown } } | undefined)?.metadata?.uid;

/** A Node that has our node's name and is another one. */
export const namesakeIsUntouched: Judge = ({ cluster, node, recreated }) => {
	if (recreated === undefined) return [];
	const there = cluster.store.get("nodes", undefined, node);
	const annotations = Object.keys(there?.metadata.annotations ?? {}).filter((name) => name.includes("evacuator"));
	const writes = cluster.audit.filter(
		(asked) =>
			asked.at > recreated.at &&
			isOurs(asked.user) &&
			asked.verb === "patch" &&
			asked.path.endsWith(`/nodes/${node}`) &&
			mayHaveWritten(asked, there?.metadata.uid),
	);
	return [
		...(there?.spec?.unschedulable === true && !recreated.unschedulable ? [`the namesake of ${node} is cordoned`] : []),
		...(annotations.length > 0 ? [`the namesake of ${node} has annotations of ours`] : []),
		...(writes.length > 0 ? [`the namesake of ${node} was patched`] : []),
	];
};
