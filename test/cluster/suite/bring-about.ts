import type { Administrator, Fields } from "./administrator.ts";
import { type Collection, pathOf } from "./collections.ts";
import type { Wanted } from "./real-given.ts";

/** Waits until this holds, and says in vain for what. */
export type Await = (what: string, holds: () => Promise<boolean>) => Promise<void>;

/**
 * Brings about what a scenario wants on a real cluster. A thing that must run on one node is created while all other nodes
 * are closed to the scheduler, which is how anybody gets it there without a trace of that in its spec.
 */
export async function bringAbout(
	admin: Administrator,
	wanted: readonly Wanted[],
	nodes: readonly string[],
	until: Await,
): Promise<void> {
	const doors = doorsOf(admin, nodes);
	for (const namespace of new Set(wanted.map((one) => one.namespace))) await ensureNamespace(admin, namespace);
	const running: (() => Promise<void>)[] = [];
	const settle = async (): Promise<void> => {
		for (const wait of running.splice(0)) await wait();
	};
	const open = async (only: readonly string[]): Promise<void> => {
		if (doors.isOpenFor(only)) return;
		await settle();
		await doors.openOnly(only);
	};
	for (const one of wanted) {
		await open(one.on.length === 0 || one.bound ? nodes : one.on.slice(0, 1));
		await create(admin, one);
		running.push(() => until(`${one.collection} ${one.namespace}/${one.name} runs`, () => isRunning(admin, one, 1)));
		for (const [index, node] of one.on.slice(1).entries()) {
			if (!one.scaled) break;
			await settle();
			await open([node]);
			await scale(admin, one, index + 2);
			running.push(() => until(`replica ${index + 2} of ${one.name} runs`, () => isRunning(admin, one, index + 2)));
		}
		const replicas = Number((one.object.spec as Fields | undefined)?.replicas ?? 1);
		if (one.scaled && one.on.length > 0 && replicas > one.on.length) {
			await settle();
			await open(nodes);
			await scale(admin, one, replicas);
		}
	}
	await settle();
	await doors.openOnly(nodes);
}

const subresources = "/apis/subresources.kubevirt.io/v1";

/** A taint of its own: some VMs tolerate a cordon, and would go where they like. */
const CLOSED = { key: "evacuator.test/closed", effect: "NoSchedule" };

/** Which nodes the scheduler may use. */
function doorsOf(admin: Administrator, nodes: readonly string[]) {
	let now: readonly string[] = [...nodes];
	return {
		isOpenFor: (only: readonly string[]) => only.length === now.length && only.every((node) => now.includes(node)),
		async openOnly(only: readonly string[]): Promise<void> {
			for (const node of nodes) {
				if (only.includes(node) === now.includes(node)) continue;
				await taint(admin, `/api/v1/nodes/${node}`, only.includes(node) ? [] : [CLOSED]);
			}
			now = [...only];
		},
	};
}

/** Whatever others have tainted the node with stays, also what they add meanwhile. */
async function taint(admin: Administrator, path: string, ours: readonly (typeof CLOSED)[]): Promise<void> {
	for (;;) {
		const { metadata, spec } = (await admin.insist("GET", path)) as { metadata: Fields; spec: { taints?: readonly Fields[] } };
		const { resourceVersion } = metadata;
		const taints = [...(spec.taints ?? []).filter(({ key }) => key !== CLOSED.key), ...ours];
		const { code, body } = await admin.kubectl("PATCH", path, { metadata: { resourceVersion }, spec: { taints } });
		if (code < 400) return;
		if (code !== 409) throw new Error(`cannot taint ${path}: ${code} ${JSON.stringify(body)}`);
	}
}

/** There is a namespace of this name. */
export async function ensureNamespace({ kubectl }: Administrator, name: string): Promise<void> {
	const { code, body } = await kubectl("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
	if (code !== 201 && code !== 409) throw new Error(`cannot create namespace ${name}: ${code} ${JSON.stringify(body)}`);
}

async function create(admin: Administrator, { collection, namespace, name, object, scaled, on }: Wanted): Promise<void> {
	const spec: Fields = object.spec ?? {};
	await admin.insist(
		"POST",
		pathOf(collection, namespace),
		scaled && on.length > 0 ? { ...object, spec: { ...spec, replicas: 1 } } : object,
	);
	// Such a VM runs when somebody says so, and not before.
	if (spec.runStrategy === "Manual")
		await admin.insist("PUT", `${subresources}/namespaces/${namespace}/virtualmachines/${name}/start`, {});
}

const scale = (admin: Administrator, { collection, namespace, name }: Wanted, replicas: number): Promise<unknown> =>
	admin.insist("PATCH", `${pathOf(collection, namespace)}/${name}`, { spec: { replicas } });

const ready: Partial<Record<Collection, (status: Fields, count: number) => boolean>> = {
	virtualmachines: ({ ready: isReady }) => isReady === true,
	virtualmachineinstances: (status) => status.phase === "Running" && isTrue(status, "Ready"),
	virtualmachineinstancereplicasets: ({ readyReplicas }, count) => readyReplicas === count,
	deployments: ({ readyReplicas }, count) => readyReplicas === count,
	statefulsets: ({ readyReplicas }, count) => readyReplicas === count,
	daemonsets: ({ numberReady, desiredNumberScheduled }) => numberReady === desiredNumberScheduled && numberReady !== 0,
	pods: (status) => isTrue(status, "Ready"),
	poddisruptionbudgets: ({ observedGeneration }) => observedGeneration !== undefined,
};

const isTrue = ({ conditions }: Fields, type: string): boolean =>
	Array.isArray(conditions) && conditions.some((condition) => condition.type === type && condition.status === "True");

/** What is not to run anywhere (`Halted`) is as it should be at once. */
async function isRunning(admin: Administrator, { collection, namespace, name, object }: Wanted, count: number): Promise<boolean> {
	if ((object.spec as Fields | undefined)?.runStrategy === "Halted") return true;
	// A mirror pod's name has its node's name in it, and is the object's.
	const { status = {} } = await admin.insist("GET", `${pathOf(collection, namespace)}/${object.metadata.name ?? name}`);
	return ready[collection]?.(status as Fields, count) ?? true;
}
