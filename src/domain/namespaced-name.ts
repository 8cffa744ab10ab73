export type NamespacedName = { readonly namespace: string; readonly name: string };

/** `namespace/name`, as orders, records and texts call a VM or a pod. */
export const nameOf = ({ namespace, name }: NamespacedName): string => `${namespace}/${name}`;
