/** What a human must know. `kind` names a heading of the runbook. */
export type TroubleKind =
	| "no-node"
	| "two-nodes"
	| "not-our-node"
	| "node-not-ready"
	| "vm-blocks"
	| "vm-would-end"
	| "no-room"
	| "too-many-leave"
	| "guard-missing"
	| "guard-unreachable"
	| "eviction-refused"
	| "migration-failing"
	| "stalled"
	| "heartbeat-refused"
	| "hook-lost"
	| "hook-too-short"
	| "hook-ends"
	| "instance-gone"
	| "cancel-held"
	| "mark-stays";

export type Trouble = {
	readonly kind: TroubleKind;
	/** `namespace/name` of the VM or pod, the node's name, or the hook's: what the trouble is about. */
	readonly about: string;
	/** One sentence with the way out. */
	readonly says: string;
};

/** It is about a hook and its heartbeats, whatever stands on the node. */
export const isOfHook = ({ kind }: Pick<Trouble, "kind">): boolean => kind.startsWith("hook-") || kind === "heartbeat-refused";

/** What lasts is told again after this: one reminder heals every notice that was lost on its way. */
export const REMIND_AFTER_MS = 3_600_000;
