import { type Definition, synthesiseDefinition } from "../../../infra/synthesised-definition.ts";
import { delivery, functionSeconds } from "../../../infra/time-outs.ts";
import { strictPolicy } from "../../domain/policy.ts";
import type { MaintenanceRecord } from "../../domain/record.ts";
import type { SimulationClock } from "../../local/clock/simulation-clock.ts";
import { startEmbeddedGround } from "../../local/embedded-ground.ts";
import type { EmbeddedGroundOptions } from "../../local/embedded-ground-options.ts";
import type { Cluster } from "../../ports.ts";

type ContextGround = {
	/** Sends the order that opens the maintenance. */
	order(order: { readonly reason: string; readonly mayEnd: readonly string[] }): Promise<void>;
	latestRecord(): Promise<MaintenanceRecord | undefined>;
	stop(): Promise<void>;
};

type ContextGroundOptions = Pick<EmbeddedGroundOptions, "invoke" | "onExecutionEvent" | "onSay"> & {
	readonly clock: SimulationClock;
	readonly cluster: Cluster;
	readonly instanceId: string;
};

/** The whole deployment in this process beside one cluster, with an account that holds nothing but this one instance. */
export async function startContextGround({ clock, cluster, instanceId, ...hooks }: ContextGroundOptions): Promise<ContextGround> {
	const { definition, functionOf, tableName } = synthesiseDefinition();
	const ground = await startEmbeddedGround({
		clock,
		clusters: [{ name: cluster.name, connectAs: () => cluster }],
		definition: impatient(definition),
		functionOf,
		functionSeconds,
		delivery,
		tableName,
		policy: strictPolicy,
		...hooks,
	});
	ground.aws.addInstance({ instanceId, tags: { [`kubernetes.io/cluster/${cluster.name}`]: "owned" } });
	const { records } = ground.worldOf("assess");
	return {
		async order(order) {
			// Whoever sits before it has been asked, and sees what else leaves the cluster.
			await ground.queues.send("orders", JSON.stringify({ kind: "drain", version: 1, instanceId, urgent: true, ...order }));
		},
		latestRecord: () => records.latest(instanceId),
		async stop() {
			ground.aws.stop();
			await ground.stop();
		},
	};
}

type State = Definition["States"][string];

/** Where no hook waits for a heartbeat, Hold rests only so long. A human who sits before it has just removed the cause. */
export const HOLD_SECONDS = 15;

/** The states of the definition in which Hold rests; a test sees that they are there. */
export const holdRests = ["Wait for the next heartbeat", "Wait for the next try"] as const;

/** Hold's short rounds would only put off the look at what a human has just mended. */
const withoutListening = ({ Parameters, ...begin }: State = {}): State => ({
	...begin,
	Parameters: { ...(Parameters as State), hold: { listens: 0, rounds: 0 } },
});

/** The definition, but Hold comes back after seconds instead of after the quarter of an hour that a long hook lets it rest. */
function impatient(definition: Definition): Definition {
	const States = { ...definition.States };
	for (const name of holdRests) {
		const { SecondsPath: _, ...rest } = States[name] ?? {};
		States[name] = { ...rest, Seconds: HOLD_SECONDS };
	}
	return { ...definition, States: { ...States, Begin: withoutListening(States.Begin) } };
}
