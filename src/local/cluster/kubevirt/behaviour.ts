/** A webhook of the ValidatingWebhookConfiguration `virt-api-validator` that sees evictions, and its rule. */
type EvictionInterceptor = {
	readonly name: string;
	readonly condition: string;
	readonly podNamePrefix: string;
	readonly path: string;
};

/** What differs between the versions of KubeVirt that can be simulated, as recorded and as their sources say. */
export type KubeVirtBehaviour = {
	readonly version: string;
	readonly webhooks: readonly EvictionInterceptor[];
	/** Whether every protected VMI has a PodDisruptionBudget of KubeVirt's own, raised while it migrates. */
	readonly ownBudgets: boolean;
	/** Whether a marked VMI says so in a condition, and in an annotation when the descheduler marked it. */
	readonly saysEvictionRequested: boolean;
	/** Whether the subresource `evacuate/cancel` is served. */
	readonly evacuateCancel: boolean;
	/**
	 * With the queue by priority every marked VMI gets its migration at once, a waiting one starts when a slot is free.
	 * Without, migrations are created as slots are free, and whoever waits looks again after five seconds.
	 */
	readonly priorityQueue: boolean;
	/** Why a user may not set `spec.priority` of a migration; undefined where nobody knows this field. */
	readonly priorityRefusal: string | undefined;
	/** How many requests virt-api makes: so many at once, then so many a second. An eviction that marks takes three. */
	readonly virtApiRequests: { readonly burst: number; readonly perSecond: number };
};

const launchers = {
	name: "virt-launcher-eviction-interceptor.kubevirt.io",
	condition: "only-vms",
	podNamePrefix: "virt-launcher",
} as const;

const hotplugged = {
	name: "hotplug-pod-eviction-interceptor.kubevirt.io",
	condition: "only-hotplug-pods",
	podNamePrefix: "hp-volume-",
} as const;

/** https://github.com/kubevirt/kubevirt/blob/v1.7.0/pkg/virt-config/virt-config.go#L84 */
const swift = { burst: 400, perSecond: 200 };

const behaviours: readonly KubeVirtBehaviour[] = [
	{
		version: "1.9",
		webhooks: [
			{ ...launchers, path: "/pod-eviction-validate" },
			{ ...hotplugged, path: "/pod-eviction-validate" },
		],
		ownBudgets: false,
		saysEvictionRequested: true,
		evacuateCancel: true,
		priorityQueue: true,
		priorityRefusal: "Migration priority queue, only virt-controller is allowed to set priority field",
		virtApiRequests: swift,
	},
	{
		version: "1.7",
		webhooks: [
			{ ...launchers, path: "/pod-eviction-validate" },
			{ ...hotplugged, path: "/pod-eviction-validate" },
		],
		ownBudgets: false,
		saysEvictionRequested: true,
		evacuateCancel: true,
		priorityQueue: false,
		priorityRefusal: "MigrationPriorityQueue feature gate is not enabled in kubevirt resource",
		virtApiRequests: swift,
	},
	{
		version: "1.5",
		webhooks: [{ ...launchers, path: "/launcher-eviction-validate" }],
		ownBudgets: true,
		saysEvictionRequested: false,
		evacuateCancel: false,
		priorityQueue: false,
		priorityRefusal: undefined,
		// Ten at once by https://github.com/kubevirt/kubevirt/blob/v1.5.1/pkg/virt-config/virt-config.go#L87, of which what else
		// virt-api asks for takes some: two evictions passed at once where this was recorded, the third waited for 0.4 s.
		virtApiRequests: { burst: 7, perSecond: 5 },
	},
];

/** Throws on a version whose behaviour is not known here. */
export function behaviourOf(version: string): KubeVirtBehaviour {
	const known = behaviours.find((behaviour) => version === behaviour.version || version.startsWith(`${behaviour.version}.`));
	if (known !== undefined) return known;
	const versions = behaviours.map((behaviour) => `${behaviour.version}.x`).join(", ");
	throw new Error(`cannot simulate KubeVirt ${version}: its behaviour is not known here; use one of ${versions}`);
}
