/** An object as the API server serves it; what the observer reads of its kind is below. */
export type Seen = {
	readonly metadata: {
		readonly uid: string;
		readonly name: string;
		readonly namespace?: string;
		readonly resourceVersion: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly deletionTimestamp?: string;
		readonly deletionGracePeriodSeconds?: number;
		readonly ownerReferences?: readonly {
			readonly kind: string;
			readonly name: string;
			readonly uid: string;
			readonly controller?: boolean;
		}[];
	};
};

type Condition = { readonly type: string; readonly status: string; readonly reason?: string };

export type SeenNode = Seen & { readonly spec?: { readonly providerID?: string } };

export type SeenPod = Seen & {
	readonly spec?: { readonly nodeName?: string };
	readonly status?: {
		readonly phase?: string;
		readonly conditions?: readonly Condition[];
		readonly containerStatuses?: readonly { readonly name: string; readonly state?: { readonly terminated?: unknown } }[];
	};
};

export type SeenVmi = Seen & {
	readonly spec?: { readonly evictionStrategy?: string };
	readonly status?: {
		readonly phase?: string;
		readonly nodeName?: string;
		readonly conditions?: readonly Condition[];
		readonly migrationState?: SeenMigrationState;
	};
};

export type SeenMigrationState = {
	readonly migrationUid?: string;
	readonly sourceNode?: string;
	readonly targetNode?: string;
	readonly startTimestamp?: string;
	readonly endTimestamp?: string;
	readonly mode?: string;
};

export type SeenMigration = Seen & {
	readonly spec?: { readonly vmiName?: string };
	readonly status?: { readonly phase?: string };
};

export type SeenVm = Seen & { readonly spec?: { readonly runStrategy?: string; readonly running?: boolean } };

export type SeenKubeVirt = Seen & { readonly spec?: { readonly configuration?: { readonly evictionStrategy?: string } } };

const migrationJobLabel = "kubevirt.io/migrationJobUID";

/** Succeeded or Failed: of a pod, a VMI, a migration. */
export const isFinal = (object: { readonly status?: { readonly phase?: string } }): boolean =>
	object.status?.phase === "Succeeded" || object.status?.phase === "Failed";

export const isTrue = (object: SeenPod | SeenVmi, type: string): boolean =>
	object.status?.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;

/** Why the pod is to be disrupted, if it is: `EvictionByEvictionAPI`, `DeletionByTaintManager`, … */
export const disruptionOf = (pod: SeenPod): string | undefined =>
	pod.status?.conditions?.find(({ type, status }) => type === "DisruptionTarget" && status === "True")?.reason;

export const isLauncher = ({ metadata }: SeenPod): boolean => metadata.labels?.["kubevirt.io"] === "virt-launcher";

/** Uid of the VMI whose launcher it is. */
export const vmiUidOf = ({ metadata }: SeenPod): string | undefined => metadata.labels?.["kubevirt.io/created-by"];

/** Uid of the migration whose target it was made as. */
export const migrationUidOf = ({ metadata }: SeenPod): string | undefined => metadata.labels?.[migrationJobLabel];

/** The pod has ended, or the container that holds the guest has. */
export const hasEnded = (pod: SeenPod): boolean =>
	isFinal(pod) ||
	pod.status?.containerStatuses?.some(({ name, state }) => name === "compute" && state?.terminated !== undefined) === true;

export const controllerOf = ({ metadata }: Seen) => metadata.ownerReferences?.find(({ controller }) => controller === true);

/** As the VM counts for the judgement: `running: true` is the older way to say Always. */
export const runStrategyOf = ({ spec }: SeenVm): string | undefined =>
	spec?.runStrategy ?? (spec?.running === undefined ? undefined : spec.running ? "Always" : "Halted");

/** `aws:///eu-west-1a/i-0123` is the instance `i-0123`. */
export const instanceOf = ({ spec }: SeenNode): string | undefined => spec?.providerID?.split("/").at(-1);

export const keyOf = ({ metadata: { namespace = "", name } }: Seen): string => `${namespace}/${name}`;
