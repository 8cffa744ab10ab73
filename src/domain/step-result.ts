/** Where the execution goes next; the names of the definition's branches. */
export type Next =
	| "assess"
	| "cordon"
	| "admit"
	| "evict"
	| "watch"
	| "wait"
	| "release"
	| "hold"
	| "restore"
	| "hand over"
	| "done";

/** Where to go, and why, in a clause for the log. */
export type Decision = {
	readonly next: Next;
	readonly why: string;
	/** Look again no later than this, whatever else is under way; epoch milliseconds. */
	readonly at?: number;
};

/** What every step answers; the definition keeps it at `$.step`. */
export type StepResult = {
	readonly next: Next;
	/** How long the state Wait waits. */
	readonly waitSeconds: number;
	/** After how many seconds Step Functions takes a Watch for hung. Always more than it follows the cluster for. */
	readonly watchTimeoutSeconds: number;
	/** Events of the execution's history so far, without Hold's, so that it hands over before that is full. */
	readonly events: number;
	/** The execution ends, and the next generation goes on with its slot. */
	readonly slot?: "passed on";
	/** A notice for humans, published once by the definition before it goes on. */
	readonly tell?: { readonly subject: string; readonly message: string };
};
