import { setConditions } from "./controllers/conditions.ts";
import type { Ground } from "./controllers/ground.ts";
import type { Sandbox } from "./controllers/machines.ts";
import { containersRunning } from "./controllers/pod-status.ts";
import type { KubeObject, NewObject } from "./store.ts";

/** Makes a pod that is bound and runs already. Throws when the cluster has no such node. */
export function seedRunningPod(
	ground: Ground,
	pod: NewObject,
	nodeName: string,
): { readonly pod: KubeObject; readonly sandbox: Sandbox } {
	const { store, machines, clock } = ground;
	const node = store.get("nodes", undefined, nodeName);
	const machine = machines.serving(nodeName);
	if (node === undefined || machine === undefined) {
		throw new Error(
			`cannot place ${pod.kind} ${pod.metadata.name ?? pod.metadata.generateName} on ${nodeName}: add this node first`,
		);
	}
	const zone = node.metadata.labels?.["topology.kubernetes.io/zone"] ?? "";
	const region = node.metadata.labels?.["topology.kubernetes.io/region"] ?? "";
	const topology = { "topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": region };
	const created = store.create("pods", {
		...pod,
		metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...topology } },
		spec: { ...pod.spec, nodeName },
	});
	const sandbox = machines.place(machine, created, "running");
	const running = store.update("pods", created.metadata.namespace, created.metadata.name, (draft) => {
		setConditions(draft, clock.now(), { type: "PodScheduled", status: "True" });
		containersRunning(draft, clock.now(), machine);
	});
	return { pod: running, sandbox };
}
