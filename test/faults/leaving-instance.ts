import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { GROUP } from "./messages.ts";
import { LEAVING } from "./stage.ts";
import type { WorldPlan } from "./world.ts";

/** The instance that leaves, and its group with the hooks that a world has. */
export function addLeavingInstance({ aws }: EmbeddedGround, world: WorldPlan): void {
	const { hookSeconds, defaultResult, secondHook, retain } = world;
	const hook = { name: "evacuator", heartbeatTimeoutSeconds: hookSeconds, defaultResult, tells: [] };
	const hooks = secondHook === "none" ? [hook] : [hook, { ...hook, name: "second" }];
	aws.addGroup({ name: GROUP, hooks, ...(retain && { retain: true }) });
	aws.addInstance({ instanceId: LEAVING, group: GROUP, tags: { "kubernetes.io/cluster/prod": "owned" } });
}
