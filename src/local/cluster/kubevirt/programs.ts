import type { Controller } from "../controllers/controller-loop.ts";
import { daemonSets } from "../controllers/daemon-sets.ts";
import { disruptionBudgets } from "../controllers/disruption-budgets.ts";
import { garbageCollector, podGarbageCollector } from "../controllers/garbage-collector.ts";
import type { Ground } from "../controllers/ground.ts";
import { Kubelet } from "../controllers/kubelet.ts";
import { mirrorPods } from "../controllers/mirror-pods.ts";
import { nodeLifecycle, taintEviction } from "../controllers/node-lifecycle.ts";
import { deployments, replicaSets } from "../controllers/replica-sets.ts";
import { scheduler } from "../controllers/scheduler.ts";
import { statefulSets } from "../controllers/stateful-sets.ts";
import { evacuationController } from "./evacuation-controller.ts";
import { Guests } from "./guests.ts";
import { launcherPayload } from "./launcher-payload.ts";
import { MigrationController } from "./migration-controller.ts";
import { StopCauses } from "./stop-causes.ts";
import { VirtHandler } from "./virt-handler.ts";
import { virtNodeController } from "./virt-node-controller.ts";
import { vmController } from "./vm-controller.ts";
import { vmiController } from "./vmi-controller.ts";
import { vmirsController } from "./vmirs-controller.ts";

/** Everything that acts in a cluster by itself. */
export type Programs = {
	readonly guests: Guests;
	readonly kubelet: Kubelet;
	readonly handler: VirtHandler;
	readonly nodes: Controller;
};

/** Starts Kubernetes' and KubeVirt's controllers, the kubelets and the virt-handlers over one store. */
export function startPrograms(ground: Ground): Programs {
	const { loop, store } = ground;
	const guests = new Guests();
	const causes = new StopCauses(store);
	const handler: VirtHandler = new VirtHandler(ground, guests, () => kubelet);
	const payload = launcherPayload(ground, guests, causes, (guest, clean) => handler.ended(guest, clean));
	const kubelet: Kubelet = new Kubelet(ground, [payload]);
	const nodes = nodeLifecycle(ground);
	const controllers = [
		nodes,
		taintEviction(ground),
		scheduler(ground),
		kubelet.controller,
		mirrorPods(ground),
		deployments(ground),
		replicaSets(ground),
		statefulSets(ground),
		daemonSets(ground),
		disruptionBudgets(ground),
		garbageCollector(ground),
		podGarbageCollector(ground),
		handler.controller,
		virtNodeController(ground),
		vmiController(ground),
		evacuationController(ground),
		new MigrationController(ground).controller,
		vmController(ground),
		vmirsController(ground),
	];
	for (const controller of controllers) loop.add(controller);
	return { guests, kubelet, handler, nodes };
}
