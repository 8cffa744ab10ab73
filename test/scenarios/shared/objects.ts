import type { SharedStage } from "./shared-scenario.ts";

type Fields = Readonly<Record<string, unknown>>;
type ObjectOnWire = {
	readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
	readonly spec: Fields;
	/** Absent until its controller has seen it. */
	readonly status?: Fields;
};

/** The namespace of everything in the shared scenarios. */
export const namespace = "shop";

const kubevirt = `/apis/kubevirt.io/v1/namespaces/${namespace}`;

/** Where the API server keeps things of the shop. */
export const paths = {
	vms: `${kubevirt}/virtualmachines`,
	vmis: `${kubevirt}/virtualmachineinstances`,
	migrations: `${kubevirt}/virtualmachineinstancemigrations`,
	pods: `/api/v1/namespaces/${namespace}/pods`,
	budgets: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
	nodes: "/api/v1/nodes",
} as const;

/** A request that must succeed, as the administrator. */
export async function insist({ kubectl }: SharedStage, method: string, path: string, body?: unknown): Promise<unknown> {
	const answer = await kubectl(method, path, body);
	if (answer.code >= 300) throw new Error(`cannot ${method} ${path}: ${answer.code} ${JSON.stringify(answer.body)}`);
	return answer.body;
}

export const listed = async (stage: SharedStage, path: string): Promise<readonly ObjectOnWire[]> =>
	((await insist(stage, "GET", path)) as { readonly items: readonly ObjectOnWire[] }).items;

export const read = async (stage: SharedStage, path: string): Promise<ObjectOnWire> =>
	(await insist(stage, "GET", path)) as ObjectOnWire;

/** What `kubectl cordon` and `uncordon` do. */
export const setSchedulable = (stage: SharedStage, node: string, schedulable: boolean): Promise<unknown> =>
	insist(stage, "PATCH", `${paths.nodes}/${node}`, { spec: { unschedulable: !schedulable } });

/** A user asks for a live migration; without an answer to wait for, it has only begun. */
export const migrate = (stage: SharedStage, vmiName: string): Promise<unknown> =>
	insist(stage, "POST", paths.migrations, {
		apiVersion: "kubevirt.io/v1",
		kind: "VirtualMachineInstanceMigration",
		metadata: { name: `by-hand-${vmiName}`, namespace },
		spec: { vmiName },
	});

/** The launchers of a VM that run on this node; on any when none is named. */
export const launchers = async (stage: SharedStage, vm: string, node?: string): Promise<readonly string[]> =>
	(await listed(stage, paths.pods))
		.filter(({ metadata }) => metadata.name.startsWith(`virt-launcher-${vm}-`))
		.filter(({ spec, status }) => status?.phase === "Running" && (node === undefined || spec.nodeName === node))
		.map(({ metadata }) => metadata.name);

/** Asks the eviction API for a pod, as `kubectl drain` does; the answer is its status code. */
export const evict = async ({ kubectl }: SharedStage, pod: string): Promise<number> =>
	(
		await kubectl("POST", `${paths.pods}/${pod}/eviction`, {
			apiVersion: "policy/v1",
			kind: "Eviction",
			metadata: { name: pod, namespace },
		})
	).code;

/** A VM that may run on these nodes only. */
export const onlyOn = (...nodes: readonly string[]) => ({
	affinity: {
		nodeAffinity: {
			requiredDuringSchedulingIgnoredDuringExecution: {
				nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [...nodes] }] }],
			},
		},
	},
});
