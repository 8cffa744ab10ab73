import type { SimulatedCluster } from "../../src/local/cluster/simulated-cluster.ts";

/** A VM that may run on these nodes only. */
export const here = (...nodes: readonly string[]) => ({
	affinity: {
		nodeAffinity: {
			requiredDuringSchedulingIgnoredDuringExecution: {
				nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [...nodes] }] }],
			},
		},
	},
});

/** A VM that a cordon does not keep away. */
export const tolerant = { tolerations: [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }] };

const paths = {
	pods: "/api/v1",
	virtualmachineinstances: "/apis/kubevirt.io/v1",
	virtualmachineinstancemigrations: "/apis/kubevirt.io/v1",
} as const;

/** What `kubectl delete --force --grace-period=0` does, finalizers taken off by hand: the object goes, what it stood for stays. */
export async function forceDelete(
	cluster: SimulatedCluster,
	resource: keyof typeof paths,
	namespace: string,
	name: string,
): Promise<void> {
	const path = `${paths[resource]}/namespaces/${namespace}/${resource}/${name}`;
	if (resource !== "pods") {
		const freed = await cluster.kubectl("PATCH", path, { metadata: { finalizers: null } });
		// It was being deleted, and nothing else kept it.
		if (freed.code < 300 && cluster.store.get(resource, namespace, name) === undefined) return;
	}
	const { code, body } = await cluster.kubectl("DELETE", `${path}?gracePeriodSeconds=0`);
	if (code >= 300) throw new Error(`cannot force ${path} out: ${JSON.stringify(body)}`);
}
