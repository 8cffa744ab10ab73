/** A lifecycle action that a request carries; its limit is min(48 h, 100 × time-out) after the event. */
type RequestedHook = {
	readonly group: string;
	readonly hook: string;
	/** Absent when Sweep has found the instance waiting. */
	readonly token?: string;
	readonly timeoutSeconds: number;
	/** Epoch milliseconds. */
	readonly limitAt: number;
};

/** What every message that asks for a node's way out comes down to. Instants are epoch milliseconds. */
export type MaintenanceRequest = {
	/** The id of the event or order; the same message delivered twice has the same. */
	readonly requestId: string;
	/** When it was issued, which for a lifecycle action is when the instance began to wait. */
	readonly issuedAt?: number;
	readonly source: "lifecycle-event" | "lifecycle-notification" | "order" | "sweep";
	readonly instanceId: string;
	readonly cluster: string;
	readonly reason: string;
	readonly hook?: RequestedHook;
	readonly deadline?: number;
	/** VMs (`namespace/name`) that it lets stop or be lost. */
	readonly mayEnd: readonly string[];
	/** It cannot wait for the drains of other nodes. */
	readonly urgent?: boolean;
};
