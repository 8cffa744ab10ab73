import type { PodRole } from "../../../domain/look.ts";
import type { ObjectMeta } from "./object-meta.ts";
import { controllerOf } from "./object-meta.ts";

const CONTROL_PLANE = new Set(["virt-api", "virt-controller", "virt-operator", "virt-exportproxy"]);
const CONTROL_PLANE_NAMESPACES = new Set(["kubevirt", "cdi"]);

/**
 * What a pod is to a drain. KubeVirt's own Deployments count as infrastructure, by label wherever they are installed, and
 * everything else that a Deployment runs in the namespaces where KubeVirt and CDI live by default.
 */
export function podRole(meta: ObjectMeta): PodRole {
	const component = meta.labels["kubevirt.io"];
	if (component === "virt-launcher") return "launcher";
	if (component === "hotplug-disk") return "hotplug";
	if (component !== undefined && CONTROL_PLANE.has(component)) return "infrastructure";
	const deployed = controllerOf(meta)?.kind === "ReplicaSet";
	return deployed && CONTROL_PLANE_NAMESPACES.has(meta.namespace) ? "infrastructure" : "ordinary";
}
