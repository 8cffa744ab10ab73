import type { NodeIdentity } from "../../domain/identity.ts";
import type { MigrationFacts, VmiFacts } from "../../domain/look.ts";
import { nameOf } from "../../domain/namespaced-name.ts";
import type { EvacuationCancelAnswer } from "../../ports.ts";
import { type ApiStatus, answerOf, faultOf, statusOf } from "./api-status.ts";
import { readWhole } from "./body.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { requireObjectName } from "./object-name.ts";
import { KUBEVIRT } from "./reads.ts";

/**
 * Takes the mark for this node off a VMI: KubeVirt tests the node's name, and a mark for another node stays. The route
 * knows no media type of its own, so that only a client that accepts anything is served. RBAC knows it as `virtualmachineinstances/evacuate`.
 * https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-api/rest/evacuate_cancel.go#L40
 */
export async function cancelEvacuation(api: ClusterApi, vmi: VmiFacts, node: NodeIdentity): Promise<EvacuationCancelAnswer> {
	const namespace = requireObjectName("Namespace", vmi.namespace);
	const name = requireObjectName("VirtualMachineInstance", vmi.name);
	const response = await api.exchange({
		method: "PUT",
		url: `${api.server}/apis/subresources.kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances/${name}/evacuate/cancel`,
		headers: { accept: "*/*", "content-type": "application/json" },
		body: JSON.stringify({ evacuationNodeName: node.name }),
	});
	const text = await readWhole(response);
	if (response.ok) return { kind: "cancelled" };
	const status = statusOf(response.status, text, Object.fromEntries(response.headers));
	return answerTo(status) ?? refuse(status, vmi);
}

/** virt-api answers a VMI that it does not know with a Status, and a route that it does not have with bare text. */
function answerTo(status: ApiStatus): EvacuationCancelAnswer | undefined {
	const { code, structured, message: says } = status;
	if (code === 404) return { kind: structured ? "gone" : "unsupported" };
	if (code === 400) return { kind: "refused", says };
	return code === 409 || code === 429 || code >= 500 ? { kind: "later", says } : undefined;
}

function refuse(status: ApiStatus, vmi: VmiFacts): never {
	throw faultOf(status, `cancel the evacuation of VMI ${nameOf(vmi)}`);
}

/** Deletes this very migration (uid precondition): virt-controller calls it off, or lets it end where it cannot any more. */
export async function cancelMigration({ custom }: ClusterApi, migration: MigrationFacts): Promise<"cancelled" | "gone"> {
	const namespace = requireObjectName("Namespace", migration.namespace);
	const name = requireObjectName("VirtualMachineInstanceMigration", migration.name);
	const which = { ...KUBEVIRT, namespace, plural: "virtualmachineinstancemigrations", name };
	const body = { preconditions: { uid: migration.uid } };
	const answer = await answerOf(custom.deleteNamespacedCustomObject({ ...which, body }));
	if ("value" in answer) return "cancelled";
	// Gone, or replaced by another of its name.
	if (answer.status.code === 404 || answer.status.code === 409) return "gone";
	throw faultOf(answer.status, `delete migration ${nameOf(migration)}`);
}
