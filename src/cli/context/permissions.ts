import * as z from "zod";
import type { ClusterApi } from "../../adapters/kubernetes/cluster-api.ts";
import { ClusterForbidden } from "../../faults.ts";

type Permission = {
	readonly verb: string;
	readonly group: string;
	readonly resource: string;
	readonly subresource?: string;
	readonly version: string;
};

const core = { group: "", version: "v1" };
const kubevirt = { group: "kubevirt.io", version: "v1" };

/** What a drain takes beside the reads that the first look has shown to be allowed. */
const needed: readonly Permission[] = [
	{ verb: "patch", ...core, resource: "nodes" },
	{ verb: "create", ...core, resource: "pods", subresource: "eviction" },
	{ verb: "watch", ...core, resource: "pods" },
	{ verb: "watch", ...kubevirt, resource: "virtualmachineinstances" },
	{ verb: "watch", ...kubevirt, resource: "virtualmachineinstancemigrations" },
];

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/**
 * Throws ClusterForbidden that names every verb which this user lacks, before anything is touched. An API server that does
 * not review access leaves it to the refusal of the request itself.
 */
export async function requirePermissions(api: ClusterApi, context: string): Promise<void> {
	const denied: string[] = [];
	for (const permission of needed) if (await isDenied(api, permission)) denied.push(named(permission));
	if (denied.length === 0) return;
	throw new ClusterForbidden(
		`cannot drain with context ${context}: its user may not ${denied.join(", ")}; grant that cluster-wide, or use another context`,
	);
}

function named({ verb, resource, subresource, group }: Permission): string {
	const what = subresource === undefined ? resource : `${resource}/${subresource}`;
	return `${verb} ${group === "" ? what : `${what}.${group}`}`;
}

async function isDenied({ server, exchange }: ClusterApi, resourceAttributes: Permission): Promise<boolean> {
	const response = await exchange({
		method: "POST",
		url: `${server}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`,
		headers: { accept: "application/json", "content-type": "application/json" },
		body: JSON.stringify({
			apiVersion: "authorization.k8s.io/v1",
			kind: "SelfSubjectAccessReview",
			spec: { resourceAttributes },
		}),
	});
	const answer: unknown = await response.json().catch(() => undefined);
	return response.ok && reviewSchema.safeParse(answer).data?.status.allowed === false;
}
