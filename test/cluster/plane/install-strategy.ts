import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { KubevirtBinaries } from "../binaries/parts.ts";
import { KUBEVIRT_NAMESPACE } from "./kubevirt-objects.ts";
import { operatorEnvironment } from "./kubevirt-programs.ts";
import type { KubernetesPlane } from "./start-kubernetes.ts";

type Pod = {
	readonly metadata: { readonly ownerReferences?: readonly { readonly name: string }[] };
	readonly spec?: {
		readonly nodeName?: string;
		readonly containers?: readonly { readonly env?: readonly { readonly name: string; readonly value?: string }[] }[];
	};
};

const run = promisify(execFile);
const LOOK_EVERY_MS = 250;
const BOUND_WITHIN_MS = 120_000;

/**
 * Does the work of the operator's install-strategy Job once its pod is bound to a node: the same program with the same
 * environment. The operator goes on when the strategy's ConfigMap is there; the Job is then of no use to anybody.
 */
export async function dumpInstallStrategy(plane: KubernetesPlane, binaries: KubevirtBinaries, kubeconfig: string): Promise<void> {
	const pod = await boundPod(plane);
	const given = pod.spec?.containers?.[0]?.env ?? [];
	const env = Object.fromEntries(given.map(({ name, value = "" }) => [name, value]));
	await run(binaries["virt-operator"], ["--dump-install-strategy", "--kubeconfig", kubeconfig], {
		env: { HOME: plane.folder, ...operatorEnvironment(plane.versions.kubevirt), ...env },
	});
	const job = pod.metadata.ownerReferences?.[0]?.name;
	await plane.admin("DELETE", `/apis/batch/v1/namespaces/${KUBEVIRT_NAMESPACE}/jobs/${job}?propagationPolicy=Background`);
}

async function boundPod({ admin }: KubernetesPlane): Promise<Pod> {
	const label = encodeURIComponent("kubevirt.io=virt-operator-strategy-dumper");
	const path = `/api/v1/namespaces/${KUBEVIRT_NAMESPACE}/pods?labelSelector=${label}`;
	const until = Date.now() + BOUND_WITHIN_MS;
	for (;;) {
		const { body } = await admin("GET", path);
		const { items = [] } = body as { readonly items?: readonly Pod[] };
		const bound = items.find(({ spec }) => (spec?.nodeName ?? "") !== "");
		if (bound) return bound;
		if (Date.now() > until) {
			const seen = items.length === 0 ? "virt-operator has created none" : "it is not bound to a node";
			throw new Error(`cannot find the pod of KubeVirt's install-strategy job within ${BOUND_WITHIN_MS / 1000} s: ${seen}`);
		}
		await sleep(LOOK_EVERY_MS);
	}
}
