/**
 * What became of a message. `accepted`, `duplicate`, `ignored`, `stale`: acknowledged. `malformed`, `unsupported`,
 * `foreign`, `refused`: acknowledged and kept in quarantine. `retry`: back to the queue.
 */
export type Receipt = {
	readonly outcome:
		| "accepted"
		| "duplicate"
		| "ignored"
		| "foreign"
		| "stale"
		| "malformed"
		| "refused"
		| "unsupported"
		| "retry";
	/** One sentence for the log and the quarantine. */
	readonly why: string;
};
