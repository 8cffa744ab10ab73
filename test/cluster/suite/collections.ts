/** Where the namespaced objects of scenarios live, in the order in which they are best removed. */
export const collections = {
	virtualmachines: "/apis/kubevirt.io/v1",
	virtualmachineinstancereplicasets: "/apis/kubevirt.io/v1",
	virtualmachineinstancemigrations: "/apis/kubevirt.io/v1",
	virtualmachineinstances: "/apis/kubevirt.io/v1",
	deployments: "/apis/apps/v1",
	statefulsets: "/apis/apps/v1",
	daemonsets: "/apis/apps/v1",
	replicasets: "/apis/apps/v1",
	pods: "/api/v1",
	poddisruptionbudgets: "/apis/policy/v1",
} as const;

export type Collection = keyof typeof collections;

/** `/apis/apps/v1/namespaces/shop/deployments`, or that of all namespaces. */
export const pathOf = (collection: Collection, namespace?: string): string =>
	`${collections[collection]}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${collection}`;
