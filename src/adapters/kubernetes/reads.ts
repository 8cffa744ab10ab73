import * as z from "zod";
import type { KubeVirtFacts, MigrationFacts, NodeFacts, PodFacts, VmFacts, VmiFacts } from "../../domain/look.ts";
import { ClusterRefused } from "../../faults.ts";
import { answerOf, faultOf } from "./api-status.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { kubeVirtFacts } from "./facts/kubevirt-facts.ts";
import { migrationFacts } from "./facts/migration-facts.ts";
import { nodeFacts } from "./facts/node-facts.ts";
import { podFacts } from "./facts/pod-facts.ts";
import { vmFacts } from "./facts/vm-facts.ts";
import { vmiFacts } from "./facts/vmi-facts.ts";
import { type Listed, listPages, PAGE_SIZE, type Page } from "./list-pages.ts";
import { requireObjectName } from "./object-name.ts";

/** The API group and version of everything of KubeVirt's. */
export const KUBEVIRT = { group: "kubevirt.io", version: "v1" } as const;

/** The Node of this name; undefined when there is none. */
export async function readNode({ core }: ClusterApi, name: string): Promise<NodeFacts | undefined> {
	const answer = await answerOf(core.readNode({ name: requireObjectName("Node", name) }));
	if ("value" in answer) return nodeFacts(answer.value);
	if (answer.status.code === 404) return undefined;
	throw faultOf(answer.status, `read Node ${name}`);
}

export async function listNodes({ core }: ClusterApi): Promise<readonly NodeFacts[]> {
	const page = async (next: string | undefined) => typedPage(await core.listNode(pageOf(next)));
	return (await everywhere(listPages(page, nodeFacts, "list nodes"), "nodes")).items;
}

/** Pods of all namespaces, from the API server's current state. */
export function listPods(
	{ core }: ClusterApi,
	select: { readonly fieldSelector?: string; readonly labelSelector?: string } = {},
): Promise<Listed<PodFacts>> {
	const page = async (next: string | undefined) => typedPage(await core.listPodForAllNamespaces({ ...select, ...pageOf(next) }));
	return everywhere(listPages(page, podFacts, "list pods"), "pods");
}

/** Undefined when KubeVirt is not installed; so with every list of its kinds. */
export function listVmis(api: ClusterApi): Promise<Listed<VmiFacts> | undefined> {
	return listOfKubeVirt(api, "virtualmachineinstances", vmiFacts);
}

export function listMigrations(api: ClusterApi): Promise<Listed<MigrationFacts> | undefined> {
	return listOfKubeVirt(api, "virtualmachineinstancemigrations", migrationFacts);
}

export function listVms(api: ClusterApi): Promise<Listed<VmFacts> | undefined> {
	return listOfKubeVirt(api, "virtualmachines", vmFacts);
}

/** The KubeVirt object; there is at most one in a cluster. */
export async function readKubeVirt(api: ClusterApi): Promise<KubeVirtFacts | undefined> {
	return (await listOfKubeVirt(api, "kubevirts", kubeVirtFacts))?.items[0];
}

/** The VirtualMachine of this name; undefined when there is none. */
export async function readVm({ custom }: ClusterApi, namespace: string, name: string): Promise<VmFacts | undefined> {
	const vm = {
		namespace: requireObjectName("Namespace", namespace),
		name: requireObjectName("VirtualMachine", name),
		plural: "virtualmachines",
	};
	const answer = await answerOf(custom.getNamespacedCustomObject({ ...KUBEVIRT, ...vm }));
	if ("value" in answer) return vmFacts(answer.value);
	if (answer.status.code === 404) return undefined;
	throw faultOf(answer.status, `read VirtualMachine ${namespace}/${name}`);
}

function pageOf(next: string | undefined): { readonly limit: number; readonly _continue?: string } {
	return next === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, _continue: next };
}

type TypedList = { items: readonly unknown[]; metadata?: { _continue?: string; resourceVersion?: string } };

function typedPage({ items, metadata }: TypedList): Page {
	return { items, next: metadata?._continue, resourceVersion: metadata?.resourceVersion ?? "" };
}

const customList = z.object({
	items: z.array(z.unknown()),
	metadata: z.object({ continue: z.string().optional(), resourceVersion: z.string() }),
});

function listOfKubeVirt<T>({ custom }: ClusterApi, plural: string, read: (object: unknown) => T) {
	const page = async (next: string | undefined): Promise<Page> => {
		const answer: unknown = await custom.listCustomObjectForAllNamespaces({
			...KUBEVIRT,
			resourcePlural: plural,
			...pageOf(next),
		});
		const list = customList.safeParse(answer);
		if (!list.success) throw new ClusterRefused(`cannot list ${plural}: the answer is no list`, { cause: list.error });
		return { items: list.data.items, next: list.data.metadata.continue, resourceVersion: list.data.metadata.resourceVersion };
	};
	return listPages(page, read, `list ${plural}`);
}

async function everywhere<T>(list: Promise<Listed<T> | undefined>, what: string): Promise<Listed<T>> {
	const listed = await list;
	if (listed) return listed;
	throw new ClusterRefused(`cannot list ${what}: the server answers 404, so it is no Kubernetes API server`);
}
