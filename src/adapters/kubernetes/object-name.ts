import { ClusterRefused } from "../../faults.ts";

const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Whether Kubernetes could have an object of this name. Names that reach us in messages also reach paths, where `..` or
 * nothing at all would ask for something else.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export function isObjectName(name: string): boolean {
	return SUBDOMAIN.test(name);
}

/** Throws ClusterRefused for a name that no object can have. */
export function requireObjectName(kind: string, name: string): string {
	if (isObjectName(name)) return name;
	throw new ClusterRefused(`cannot ask for ${kind} ${JSON.stringify(name)}: no Kubernetes object can have this name`);
}
