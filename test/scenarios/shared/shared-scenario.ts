import type { Policy } from "../../../src/domain/policy.ts";
import type { MaintenanceRecord } from "../../../src/domain/record.ts";
import type { HookSettings } from "../../../src/local/aws/account.ts";
import type { VmKnobs } from "../../../src/local/cluster/controllers/knobs.ts";
import type { Seeds } from "../../../src/local/cluster/seed-cluster.ts";
import type { EmbeddedGround, FunctionName } from "../../../src/local/embedded-ground.ts";
import type { Violation } from "../../monitor/laws.ts";

/** Declares what is in the cluster before the story begins. Synchronous: a ground may bring it about later, in this order. */
export type Given = {
	readonly [Seed in keyof Omit<Seeds, "node">]: (seed: Parameters<Seeds[Seed]>[0]) => void;
};

type Switch = "up" | "down";

/** What can be made to go wrong on either ground. Each resolves when it has happened. */
export type SharedFaults = {
	/** Down: KubeVirt's webhooks and subresources are not answered. */
	virtApi(state: Switch): Promise<void>;
	/** Down: nobody creates or leads migrations. */
	virtController(state: Switch): Promise<void>;
	/** Down: nobody can reach the API server; watches break. */
	apiServer(state: Switch): Promise<void>;
	/** Down: kubelet and virt-handler of this node are silent; what runs there runs on. */
	kubelet(node: string, state: Switch): Promise<void>;
	/** The ValidatingWebhookConfiguration of KubeVirt is deleted, and nobody brings it back. */
	removeWebhooks(): Promise<void>;
	/** The API server answers 403 to this function for this verb on this resource ("pods/eviction"), as a missing rule does. */
	forbid(name: FunctionName, verb: string, resource: string): Promise<void>;
	/** The guest of this VMI dies by itself. */
	crash(namespace: string, name: string): Promise<void>;
};

/** Where a shared scenario is played: over the simulation in virtual time, or over a real control plane in real time. */
export type SharedStage = {
	/** The node that leaves; its instance is `LEAVING`. */
	readonly node: string;
	/** The other nodes. */
	readonly others: readonly string[];
	/** Queues, records, definition and AWS, which are the same on both. */
	readonly ground: EmbeddedGround;
	readonly faults: SharedFaults;
	/** Turns knobs of a workload in the middle. */
	turn(namespace: string, name: string, knobs: VmKnobs): void;
	/** One request as the administrator. */
	kubectl(method: string, path: string, body?: unknown): Promise<{ readonly code: number; readonly body: unknown }>;
	sleep(ms: number): Promise<void>;
	/** Waits until this holds, looking every half second; fails after `minutes` (default 10) of the ground's time, naming `what`. */
	until(what: string, holds: () => boolean | Promise<boolean>, minutes?: number): Promise<void>;
	record(): Promise<MaintenanceRecord | undefined>;
	/** What has really happened so far to each guest, by the plain name of its VM; see `truthOf` in shared-outcome.ts. */
	truth(): Readonly<Record<string, string>>;
	/** Whether the maintenance has entered this state of the definition. */
	hasEntered(state: string): boolean;
};

export type SharedOutcome = {
	/** Of the record. */
	readonly state: string | undefined;
	readonly violations: readonly Violation[];
	/** What really happened to each VM, by its plain name; see shared-outcome.ts. */
	readonly truth: Readonly<Record<string, string>>;
	/** Fate and outcome of each VM as the record tells it. */
	readonly stories: Readonly<Record<string, string>>;
	/** `kind about` of each trouble in the record, sorted; without what a cluster made up: `vm-blocks shop/set*`, `stalled the node`. */
	readonly trouble: readonly string[];
};

/** One story for both grounds. Everything in it is in namespaces of its own; migrations are short, since one ground is real. */
export type SharedScenario = {
	/** A sentence; the only one of its kind. */
	readonly name: string;
	/** Puts VMs and pods on the node that leaves, and on others. */
	readonly given: (given: Given, node: string, others: readonly string[]) => void;
	/** Default: nothing may end. */
	readonly policy?: Policy;
	/** Default: one hook of 300 s, so that no wait is long in real time. */
	readonly hooks?: readonly HookSettings[];
	/** Nodes beside the leaving one. Default 2. */
	readonly otherNodes?: number;
	/** KubeVirt's settings; a real plane is given them before and loses them after. */
	readonly kubevirt?: {
		readonly defaultEvictionStrategy?: "LiveMigrate" | "LiveMigrateIfPossible" | "External" | "None";
	};
	/** Default: the instance is told to go by its hook, and it is over when AWS has taken it. */
	readonly play?: (stage: SharedStage) => Promise<void>;
	/** Versions of KubeVirt ("1.9", "1.7", "1.5") on which this does not apply, with the reason. */
	readonly notOn?: Readonly<Record<string, string>>;
	/** About how long it takes in real time, where that is more than usual; lanes share the work by it. */
	readonly seconds?: number;
	/** What must come of it on every ground and version; compared whole. A function where versions differ. */
	readonly expected: SharedOutcome | ((kubevirt: string) => SharedOutcome);
};
