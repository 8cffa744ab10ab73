import type { Resource } from "../../../src/local/cluster/store.ts";
import { resourceType } from "../../../src/local/cluster/store-resources.ts";

/** `/api/v1/nodes`, `/apis/kubevirt.io/v1/namespaces/vms/virtualmachines`: where the objects of a resource are. */
export function collectionPath(resource: Resource, namespace?: string): string {
	const { group, version } = resourceType(resource);
	const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
	return namespace === undefined ? `${root}/${resource}` : `${root}/namespaces/${namespace}/${resource}`;
}

/** Where one object is, or one of its subresources. */
export function objectPath(resource: Resource, namespace: string | undefined, name: string, subresource?: string): string {
	const path = `${collectionPath(resource, namespace)}/${name}`;
	return subresource === undefined ? path : `${path}/${subresource}`;
}
