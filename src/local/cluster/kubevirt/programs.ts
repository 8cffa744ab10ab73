import type { Controller } from "../controllers/controller-loop.ts";
import { daemonSets } from "../controllers/daemon-sets.ts";
import { disruptionBudgets } from "../controllers/disruption-budgets.ts";
import { garbageCollector, podGarbageCollector } from "../controllers/garbage-collector.ts";
import type { Ground } from "../controllers/ground.ts";
import { mirrorPods } from "../controllers/mirror-pods.ts";
import { nodeLifecycle, taintEviction } from "../controllers/node-lifecycle.ts";
import { deployments, replicaSets } from "../controllers/replica-sets.ts";
import { scheduler } from "../controllers/scheduler.ts";
import { statefulSets } from "../controllers/stateful-sets.ts";
import type { KubeVirtBehaviour } from "./behaviour.ts";
import { evacuationController } from "./evacuation-controller.ts";
import { MigrationController } from "./migration-controller.ts";
import { type NodePrograms, nodePrograms } from "./node-programs.ts";
import { virtNodeController } from "./virt-node-controller.ts";
import { vmController } from "./vm-controller.ts";
import { vmiBudgets } from "./vmi-budgets.ts";
import { vmiController } from "./vmi-controller.ts";
import { vmirsController } from "./vmirs-controller.ts";

/** Everything that acts in a cluster by itself. */
export type Programs = NodePrograms & {
	readonly nodes: Controller;
};

/** Starts Kubernetes' and KubeVirt's controllers, the kubelets and the virt-handlers over one store. */
export function startPrograms(ground: Ground, behaviour: KubeVirtBehaviour): Programs {
	const { loop } = ground;
	const onNodes = nodePrograms(ground);
	const nodes = nodeLifecycle(ground);
	const controllers = [
		nodes,
		taintEviction(ground),
		scheduler(ground),
		onNodes.kubelet.controller,
		mirrorPods(ground),
		deployments(ground),
		replicaSets(ground),
		statefulSets(ground),
		daemonSets(ground),
		disruptionBudgets(ground),
		garbageCollector(ground),
		podGarbageCollector(ground),
		onNodes.handler.controller,
		virtNodeController(ground),
		vmiController(ground, behaviour),
		evacuationController(ground, behaviour),
		new MigrationController(ground, behaviour).controller,
		...(behaviour.ownBudgets ? [vmiBudgets(ground)] : []),
		vmController(ground),
		vmirsController(ground),
	];
	for (const controller of controllers) loop.add(controller);
	return { ...onNodes, nodes };
}
