import type { SharedFaults } from "../../scenarios/shared/shared-scenario.ts";
import { forbid, type Lane } from "./lane.ts";

const webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/virt-api-validator";

/** Faults of a real control plane, and what mends those that a scenario left behind. */
export type RealFaults = SharedFaults & { mend(): Promise<void> };

export function realFaults({ plane, agent, admin }: Lane): RealFaults {
	const down = new Set<"virt-api" | "virt-controller" | "kube-apiserver" | "virt-operator">();
	const turn = async (program: "virt-api" | "virt-controller" | "kube-apiserver" | "virt-operator", state: "up" | "down") => {
		if (state === "down" && !down.has(program)) {
			down.add(program);
			await plane.stopProgram(program);
		}
		if (state === "up" && down.has(program)) {
			await plane.startProgram(program);
			down.delete(program);
		}
	};
	let removed: unknown;
	return {
		virtApi: (state) => turn("virt-api", state),
		virtController: (state) => turn("virt-controller", state),
		apiServer: (state) => turn("kube-apiserver", state),
		kubelet: async (node, state) => agent.kubelet(node, state),
		// virt-operator would bring the configuration back at once.
		removeWebhooks: async () => {
			await turn("virt-operator", "down");
			removed = await admin.insist("GET", webhooks);
			await admin.insist("DELETE", webhooks);
		},
		forbid: (name, verb, resource) => forbid(admin, name, verb, resource),
		crash: async (namespace, name) => agent.crash(namespace, name),
		async mend() {
			for (const program of ["kube-apiserver", "virt-api", "virt-controller"] as const) await turn(program, "up");
			if (removed !== undefined) await restore(removed);
			removed = undefined;
			await turn("virt-operator", "up");
		},
	};

	async function restore(configuration: unknown): Promise<void> {
		const { metadata, ...rest } = configuration as {
			readonly metadata: { name: string; labels?: unknown; annotations?: unknown };
		};
		const { name, labels, annotations } = metadata;
		const collection = webhooks.slice(0, webhooks.lastIndexOf("/"));
		await admin.insist("POST", collection, { ...rest, metadata: { name, labels, annotations } });
	}
}
