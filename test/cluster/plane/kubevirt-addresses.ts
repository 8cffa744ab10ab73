/** The part of a pod that its address depends on. */
type AddressedPod = {
	readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
};

/** EndpointSlices refuse 127/8, so these are addresses of a private range on `lo`. */
export const KUBEVIRT_ADDRESSES = {
	"virt-operator": "10.250.0.10",
	"virt-api": "10.250.0.11",
	"virt-controller": "10.250.0.12",
} as const;

/** That the API server advertises, and all that its programs listen on. */
export const PLANE_ADDRESSES: readonly string[] = ["10.250.0.1", ...Object.values(KUBEVIRT_ADDRESSES)];

/** The address on which the process behind one of KubeVirt's own pods listens; undefined for every other pod. */
export function addressOfPod({ metadata }: AddressedPod): string | undefined {
	if (metadata.namespace !== "kubevirt") return undefined;
	const addresses: Readonly<Record<string, string>> = KUBEVIRT_ADDRESSES;
	return addresses[metadata.labels?.["kubevirt.io"] ?? ""];
}
