import type { Agent } from "../agent/agent.ts";
import type { Administrator, Fields } from "./administrator.ts";
import type { Await } from "./bring-about.ts";
import { type Collection, collections, pathOf } from "./collections.ts";

const kept = new Set(["kubevirt", "kube-system", "kube-public", "kube-node-lease", "default"]);
const patienceMs = 20_000;

/** Removes everything that a scenario left behind in these namespaces (default: in all), and its nodes. */
export async function clearAway(
	admin: Administrator,
	agent: Agent,
	what: { readonly nodes: readonly string[]; readonly namespaces?: readonly string[] },
	until: Await,
): Promise<void> {
	const { nodes, namespaces = await namespacesOf(admin) } = what;
	for (const node of nodes) await quietly(async () => agent.kubelet(node, "up"));
	for (const collection of Object.keys(collections) as Collection[]) {
		for (const namespace of namespaces) await admin.kubectl("DELETE", `${pathOf(collection, namespace)}?gracePeriodSeconds=0`);
	}
	for (const node of nodes) await quietly(() => agent.removeNode(node));
	const began = performance.now();
	await until("everything of the scenario is gone", async () => {
		const left = await leftIn(admin, namespaces);
		for (const { path, object } of left) await push(admin, path, object, performance.now() - began > patienceMs);
		return left.length === 0;
	});
}

const namespacesOf = async (admin: Administrator): Promise<readonly string[]> =>
	(await admin.list("/api/v1/namespaces")).map(nameOf).filter((name) => !kept.has(name));

type Left = { readonly path: string; readonly object: Fields };

async function leftIn(admin: Administrator, namespaces: readonly string[]): Promise<readonly Left[]> {
	const left: Left[] = [];
	for (const namespace of namespaces) {
		for (const collection of Object.keys(collections) as Collection[]) {
			const path = pathOf(collection, namespace);
			for (const object of await admin.list(path)) left.push({ path: `${path}/${nameOf(object)}`, object });
		}
	}
	return left;
}

/** What came up while its owner was being removed is removed as well; what hangs on a finalizer for long is cut loose. */
async function push(admin: Administrator, path: string, object: Fields, impatient: boolean): Promise<void> {
	const { finalizers } = (object.metadata ?? {}) as { readonly finalizers?: readonly string[] };
	await admin.kubectl("DELETE", `${path}?gracePeriodSeconds=0`);
	if (impatient && finalizers !== undefined) await admin.kubectl("PATCH", path, { metadata: { finalizers: null } });
}

const nameOf = ({ metadata }: Fields): string => String((metadata as Fields | undefined)?.name);

/** A node that is not there any more needs no farewell. */
const quietly = (farewell: () => Promise<void>): Promise<void> => farewell().catch(() => {});
