import type { Fate } from "./fate.ts";
import type { NodeIdentity } from "./identity.ts";
import type { Trouble } from "./trouble.ts";

/** One record per instance and generation; the execution is named `<instance>-<generation>`. */
export type MaintenanceKey = { readonly instanceId: string; readonly generation: number };

/** A lifecycle action that waits for our answer. Instants are epoch milliseconds. */
export type Hook = {
	readonly group: string;
	readonly hook: string;
	/** Absent while only Sweep has seen the action: Auto Scaling shows no tokens, and takes the instance's id in place of one. */
	readonly token?: string;
	/** The hook's HeartbeatTimeout. */
	readonly timeoutSeconds: number;
	/** Past this instant (min(48 h, 100 × time-out) after the event) no heartbeat helps any more. */
	readonly limitAt: number;
	/** AWS no longer knows the action: completed by another, timed out, or never existed. */
	readonly lostAt?: number;
	/** We completed it. */
	readonly completedAt?: number;
};

/**
 * `released`: safe to terminate. `gone`: the instance ended without our release. `restored`: the drain was taken back.
 * `handed over`: its execution ended, or sleeps for longer than a new hook bears, and the next generation goes on with the
 * same tokens.
 */
type MaintenanceState = "open" | "releasing" | "released" | "gone" | "restored" | "handed over";

/** The order that calls a maintenance off. Instants are epoch milliseconds. */
export type Cancel = {
	/** When it was taken in, and when it was issued. */
	readonly at: number;
	readonly issuedAt: number;
	readonly requestId: string;
	/** Who ordered it. */
	readonly by?: string;
	readonly reason?: string;
};

/** An eviction that was refused, so that the next try keeps its distance. Instants are epoch milliseconds. */
export type Refusal = { readonly count: number; readonly nextAt: number; readonly why: string };

/** A VM as it was first seen on the node, and what has become of it since. */
export type VmStory = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly fate: Fate;
	/** Absent while it is on its way. */
	readonly outcome?: VmOutcome;
	/** When this outcome was first seen; epoch milliseconds. */
	readonly outcomeAt?: number;
};

export type VmOutcome =
	| { readonly kind: "migrated"; readonly to: string }
	| { readonly kind: "restarted"; readonly to: string }
	| { readonly kind: "restarting" }
	| { readonly kind: "replaced" }
	| { readonly kind: "stopped" }
	| { readonly kind: "lost" };

/** The nodes of a cluster that host VMs, or could. */
export type VmNodes = {
	readonly count: number;
	/** Instances of those among them that Evacuator has cordoned, but for the node under maintenance. */
	readonly leaving: readonly string[];
	/** Whether the node under maintenance is one. */
	readonly hasOurs: boolean;
};

/** How a drain stands in its cluster's queue. Instants are epoch milliseconds. */
export type SlotWait = {
	readonly since: number;
	/** 1 is next. */
	readonly place: number;
	/** The record's `orders` as of the last look: where there are more, it looks again. */
	readonly orders: number;
	/** When it was last sent to look again. */
	readonly lookedAt?: number;
	/** It is next, but so many of the cluster's VM nodes are leaving that new drains pause. */
	readonly paused?: LeavingCount;
};

/** Heartbeats that AWS refused, or did not answer. */
export type RefusedBeats = {
	/** The `actionKey` of each hook. */
	readonly hooks: readonly string[];
	readonly why: string;
	/** A time at which it was so, no more than some minutes before the last; epoch milliseconds. It proves the drain alive, too. */
	readonly at: number;
};

/** What looks show to be left on the node. */
export type Left = {
	readonly vms: number;
	readonly pods: number;
	readonly changedAt: number;
	/** Nothing is, and this speaks against letting go all the same, with the way out. It is what has changed then. */
	readonly unproven?: string;
};

/** So many (`leaving`) of so many VM nodes are on their way out. */
export type LeavingCount = { readonly leaving: number; readonly count: number };

export type MaintenanceRecord = MaintenanceKey & {
	/** Raised by every write; a write states the one it read. */
	readonly version: number;
	readonly cluster: string;
	readonly state: MaintenanceState;
	readonly openedAt: number;
	readonly closedAt?: number;
	/** Ids of the requests that were merged into this maintenance. */
	readonly requests: readonly string[];
	readonly reason: string;
	/** Epoch milliseconds; the earliest of all requests. */
	readonly deadline?: number;
	readonly hooks: readonly Hook[];
	/** Seconds between heartbeats that suit the shortest hook; Hold reads it. */
	readonly beatSeconds: number;
	/** The pace after the shortest hook's limit, for the others. `after` is a time stamp, since the definition compares it. */
	readonly laterBeat?: { readonly after: string; readonly seconds: number };
	/** When a function last sent its heartbeats; where there is no hook, when one last said that it goes on. */
	readonly lastBeatAt: number;
	/** While AWS does not take every heartbeat. */
	readonly refusedBeats?: RefusedBeats;
	/** Raised by every order; Hold compares it. */
	readonly orders: number;
	/** VMs (`namespace/name`) that a request lets stop or be lost. */
	readonly mayEnd: readonly string[];
	/** A request says that it cannot wait for the drains of other nodes. */
	readonly urgent?: boolean;
	readonly node?: NodeIdentity;
	/** Our clock, when the node was last seen to become cordoned. */
	readonly cordonedAt?: number;
	readonly vms: readonly VmStory[];
	/** VMs that `vms` has no room for: those that had left, of all there ever were, and those on the node at the last look. */
	readonly unlisted?: { readonly ended: number; readonly present: number };
	/** When the surroundings were last read, which only a survey does. */
	readonly surveyedAt?: number;
	/** The cluster's VM nodes, as the last survey saw them. */
	readonly vmNodes?: VmNodes;
	/** While it waits for one of its cluster's drain slots. */
	readonly slot?: SlotWait;
	/** By pod uid. */
	readonly refusals: Readonly<Record<string, Refusal>>;
	readonly trouble: readonly Trouble[];
	/** When all the trouble of then was last told; epoch milliseconds. */
	readonly toldAt?: number;
	/** How many VMs and pods were left on the node at the last look, and since when it has been just so many. */
	readonly left?: Left;
	/** Set by Release before its second look, with the tokens that it is about to complete. */
	readonly releasing?: { readonly turn: string; readonly at: number; readonly tokens: readonly string[] };
	/** When the instance was marked safe to terminate. */
	readonly markedAt?: number;
	/** When the newest of its requests was issued; epoch milliseconds. */
	readonly requestedAt?: number;
	/** Somebody wants the drain taken back. Release never claims a record that has one. */
	readonly cancel?: Cancel;
	/** Drain orders that were issued at this instant or before drain nothing; epoch milliseconds. */
	readonly cancelledUntil?: number;
	/** The node was cordoned by somebody else when the drain came to it. */
	readonly foreignCordon?: boolean;
	/** The generation that goes on where this one was handed over; noted by Sweep, which then asks no more. */
	readonly continuedAs?: number;
	/** An earlier version wrote it whole into one item, and its execution may go on to: it stays so until its generation ends. */
	readonly whole?: true;
};

/** What looks show; kept apart, for it is long, seldom changes, and every next look shows it again. */
export type Progress = Pick<MaintenanceRecord, "vms" | "unlisted" | "refusals" | "trouble" | "left">;

/** All the rest: what says whether a step may still act. */
export type Fence = Omit<MaintenanceRecord, keyof Progress>;

/** What tells one action of an instance from another: its token, or while that is unknown the hook's name. */
export const actionKey = (hook: Pick<Hook, "group" | "hook" | "token">): string => hook.token ?? actionName(hook);

/** The action's group and hook. */
export const actionName = ({ group, hook }: Pick<Hook, "group" | "hook">): string => `${group}/${hook}`;

export function executionName({ instanceId, generation }: MaintenanceKey): string {
	return `${instanceId}-${generation}`;
}
