import type { Happening } from "./domain/history.ts";
import type { NodeIdentity } from "./domain/identity.ts";
import type { Look, MigrationFacts, NodeFacts, PodFacts, VmiFacts } from "./domain/look.ts";
import type { Policy } from "./domain/policy.ts";
import type { Fence, Hook, MaintenanceKey, MaintenanceRecord } from "./domain/record.ts";
import type { ClusterSlots, Waiter } from "./domain/slots.ts";

/** Everything outside the program. The live ground is `src/adapters`, the embedded one `src/local`. */
export type World = {
	/** By the cluster's name, as the configuration gives it. */
	readonly clusters: ReadonlyMap<string, Cluster>;
	readonly instances: Instances;
	readonly records: Records;
	readonly slots: Slots;
	readonly workflow: Workflow;
	readonly notices: Notices;
	readonly clock: Clock;
	readonly policy: Policy;
};

/** A look that fails throws one of the faults of `src/faults.ts`; it never returns less than the whole. */
export interface Cluster {
	readonly name: string;
	/** Every Node with this name (none or one) or whose provider id names this instance. */
	findNodes(by: { readonly name: string } | { readonly instanceId: string }): Promise<readonly NodeFacts[]>;
	/** One observation. `survey` adds the surroundings, `proof` the unbound launchers. */
	look(node: NodeIdentity, scope: "survey" | "progress" | "proof"): Promise<Look>;
	/** Looks once (scope `progress`), then follows the cluster's watches for at most `seconds`. */
	follow(node: NodeIdentity, seconds: number): Promise<Following>;
	/** Sets `spec.unschedulable` and annotations on this very Node; `not ours` when uid or provider id differ now. */
	cordon(node: NodeIdentity, annotations: Readonly<Record<string, string>>): Promise<"cordoned" | "not ours" | "no node">;
	/** Takes annotations off this very Node, and makes it schedulable if asked to. */
	uncordon(
		node: NodeIdentity,
		what: { readonly schedulable: boolean; readonly annotations: readonly string[] },
	): Promise<"uncordoned" | "not ours" | "no node">;
	/** Takes the mark for this node off a VMI. Its migration, where it has one, goes on. */
	cancelEvacuation(vmi: VmiFacts, node: NodeIdentity): Promise<EvacuationCancelAnswer>;
	/** Deletes this very migration, which calls it off as far as it still can be. */
	cancelMigration(migration: MigrationFacts): Promise<"cancelled" | "gone">;
	/** Asks the eviction API for this very pod (uid precondition). A refusal is an answer, not a fault. */
	evict(pod: PodFacts, options?: { readonly dryRun: boolean }): Promise<EvictionAnswer>;
	/** Creates a Kubernetes Event on the Node. */
	announce(
		node: NodeIdentity,
		event: { readonly reason: string; readonly message: string; readonly type: "Normal" | "Warning" },
	): Promise<void>;
}

export interface Following {
	/** The newest whole observation; `began` stays that of the list until the next one. */
	readonly look: Look;
	/** The next observation after something changed; undefined when the watches have ended. */
	next(): Promise<Look | undefined>;
	close(): void;
}

/**
 * What the eviction API said. Only a hint: outcomes are read from VMI, pod and migration objects.
 * `guarded`: KubeVirt's webhook refused it. `budget`: a PodDisruptionBudget did. `unreachable`: a webhook could not be
 * asked. `changed`: the pod is another one now. `later`: overload or a conflict.
 */
export type EvictionAnswer =
	| { readonly kind: "accepted" }
	| { readonly kind: "gone" }
	| { readonly kind: "changed" }
	| { readonly kind: "guarded" | "budget" | "unreachable" | "later"; readonly says: string; readonly retryAfterSeconds?: number };

/**
 * What KubeVirt said to a request to take a mark off. `unsupported`: it has no API for that, as before 1.7. `refused`: it
 * does not, and says why. `later`: it could not be asked, or the mark has changed.
 */
export type EvacuationCancelAnswer =
	| { readonly kind: "cancelled" | "gone" | "unsupported" }
	| { readonly kind: "refused" | "later"; readonly says: string };

export type LifecycleState =
	| "InService"
	| "Terminating"
	| "Terminating:Wait"
	| "Terminating:Proceed"
	| "Terminating:Retained"
	| "Terminated"
	| "other";

export type InstanceFacts = {
	readonly instanceId: string;
	/** EC2's state: pending, running, shutting-down, terminated, stopping, stopped. */
	readonly state: string;
	readonly tags: Readonly<Record<string, string>>;
	/** Absent when no Auto Scaling group has it. */
	readonly lifecycle?: { readonly group: string; readonly state: LifecycleState };
};

export type HookFacts = {
	readonly hook: string;
	readonly transition: string;
	readonly timeoutSeconds: number;
	readonly globalTimeoutSeconds: number;
	readonly defaultResult: string;
};

/** An instance that waits for us, with the hooks of its group that are ours. */
export type WaitingInstance = { readonly instanceId: string; readonly group: string; readonly hooks: readonly HookFacts[] };

/** A safe-to-terminate mark as it was found: the tag's value tells one mark of an instance from the next. */
export type MarkFacts = { readonly instanceId: string; readonly value: string };

/** EC2 and Auto Scaling. Throttling and the like are thrown. */
export interface Instances {
	/** Undefined when EC2 does not know the id. */
	describe(instanceId: string): Promise<InstanceFacts | undefined>;
	/** The group's hooks for a terminating instance; empty when the group is gone. */
	terminatingHooks(group: string): Promise<readonly HookFacts[]>;
	heartbeat(instanceId: string, hook: Hook): Promise<"recorded" | "lost">;
	/** Answers CONTINUE. One request, never repeated by the client. */
	complete(instanceId: string, hook: Hook): Promise<"completed" | "lost">;
	/** The tag `evacuator.io/safe-to-terminate`. */
	mark(instanceId: string, value: string): Promise<void>;
	/** Takes the mark off; with a value, only the mark that says this. */
	unmark(instanceId: string, value?: string): Promise<void>;
	/** Every instance in `Terminating:Wait` of a group that has a terminating hook with one of these names. */
	waiting(hookNames: readonly string[]): Promise<readonly WaitingInstance[]>;
	/** The marks of the instances that are not gone. */
	marked(): Promise<readonly MarkFacts[]>;
}

/** Maintenance records. Every write is conditional on the version that was read. */
export interface Records {
	/** The record with the highest generation. */
	latest(instanceId: string): Promise<MaintenanceRecord | undefined>;
	read(key: MaintenanceKey): Promise<MaintenanceRecord | undefined>;
	/** The record without what looks show: for whoever only asks whether it may still act. */
	readFence(key: MaintenanceKey): Promise<Fence | undefined>;
	/** False when this generation exists already. */
	create(record: MaintenanceRecord): Promise<boolean>;
	/** Writes `next` (version raised by one) if the stored version still is `was.version`; else false. */
	replace(was: MaintenanceRecord, next: MaintenanceRecord): Promise<boolean>;
	/** Keys of the records that are not over, or were handed over to a generation that nobody has noted; it may lag. */
	unfinished(): Promise<readonly MaintenanceKey[]>;
	/** Adds to the generation's history, of which the newest happenings are kept. Only humans read it. */
	remember(record: MaintenanceRecord, happenings: readonly Happening[]): Promise<void>;
}

/** The drain slots of each cluster: one item, with those that drain and those that wait. */
export interface Slots {
	/** As they are stored; empty, with version 0, when nothing is. */
	read(cluster: string): Promise<ClusterSlots>;
	/** Writes `next` (version raised by one) if the stored version still is `was.version`; else false. */
	replace(was: ClusterSlots, next: ClusterSlots): Promise<boolean>;
	/** Writes the entry of one that waits, whoever else writes at the same time. False when nothing is stored yet. */
	enqueue(cluster: string, instanceId: string, waiter: Waiter): Promise<boolean>;
}

export interface Workflow {
	/** Starts the execution of this generation; harmless when it runs already. */
	start(key: MaintenanceKey): Promise<void>;
	state(key: MaintenanceKey): Promise<"running" | "ended" | "none">;
}

export interface Notices {
	/** Keeps a message that nobody can act on, with the reason, for a human. */
	quarantine(message: { readonly body: string; readonly source: string }, reason: string): Promise<void>;
	/** One structured log line. */
	say(line: Readonly<Record<string, unknown>> & { readonly event: string }): void;
}

/** Epoch milliseconds and waiting. Nothing else in the program knows the time. */
export interface Clock {
	now(): number;
	sleep(ms: number): Promise<void>;
	/** The promise's value, or undefined when `ms` pass first. */
	within<T>(promise: Promise<T>, ms: number): Promise<T | undefined>;
}
