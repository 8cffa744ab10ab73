/** What differs between the versions of KubeVirt that can be simulated. */
export type KubeVirtBehaviour = {
	readonly version: string;
	/** The webhooks of the ValidatingWebhookConfiguration virt-api-validator that see evictions, and their rule. */
	readonly webhooks: readonly { readonly name: string; readonly podNamePrefix: string; readonly path: string }[];
};

const behaviours: readonly KubeVirtBehaviour[] = [
	{
		version: "1.9",
		webhooks: [
			{
				name: "virt-launcher-eviction-interceptor.kubevirt.io",
				podNamePrefix: "virt-launcher",
				path: "/pod-eviction-validate",
			},
			{ name: "hotplug-pod-eviction-interceptor.kubevirt.io", podNamePrefix: "hp-volume-", path: "/pod-eviction-validate" },
		],
	},
];

/** Throws on a version whose behaviour is not known here. */
export function behaviourOf(version: string): KubeVirtBehaviour {
	const known = behaviours.find((behaviour) => version === behaviour.version || version.startsWith(`${behaviour.version}.`));
	if (known !== undefined) return known;
	const versions = behaviours.map((behaviour) => `${behaviour.version}.x`).join(", ");
	throw new Error(`cannot simulate KubeVirt ${version}: its behaviour is not known here; use one of ${versions}`);
}
