import type { Policy } from "../domain/policy.ts";
import type { AccountEvent, TakenBecause } from "./aws/account.ts";
import type { Boundary } from "./aws/boundary.ts";
import type { SimulationClock } from "./clock/simulation-clock.ts";
import type { EmbeddedCluster } from "./embedded-cluster.ts";
import type { FunctionName, Invocation } from "./invocation.ts";
import type { Delivery } from "./queues/event-source-mapping.ts";
import type { Notice } from "./service-integrations.ts";
import type { ExecutionEvent } from "./workflow/execution-event.ts";

export type EmbeddedGroundOptions = {
	readonly clock: SimulationClock;
	readonly clusters: readonly EmbeddedCluster[];
	/** The synthesised definition, the step that a Task calls, and the table as the definition names it. */
	readonly definition: unknown;
	readonly functionOf: (resource: string) => FunctionName | undefined;
	readonly functionSeconds: Readonly<Record<FunctionName, number>>;
	/** How the queues of the stack hand their messages to intake. */
	readonly delivery: Delivery & { readonly maxReceiveCount: number };
	readonly tableName: string;
	/** Queues and records as emulators on loopback, or as functions in this process. Default: emulators. */
	readonly served?: "on loopback" | "in process";
	/** What lies between the functions and AWS. Default: nothing. */
	readonly boundary?: Boundary;
	/** Seconds from one sweep to the next; without it there is no schedule, for an account that holds nothing to look for. */
	readonly sweepSeconds?: number;
	readonly policy: Policy;
	/** Calls the function's handler. */
	readonly invoke: (invocation: Invocation) => Promise<unknown>;
	readonly onTaken?: (instanceId: string, why: TakenBecause) => void;
	/** Everything that happens in Auto Scaling and EC2. */
	readonly onAccountEvent?: (event: AccountEvent) => void;
	readonly onExecutionEvent?: (event: ExecutionEvent) => void;
	readonly onNotice?: (notice: Notice) => void;
	/** One log line of a function, parsed. */
	readonly onSay?: (line: Readonly<Record<string, unknown>>) => void;
};
