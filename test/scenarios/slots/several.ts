import type { ClusterSlots } from "../../../src/domain/slots.ts";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import { type Drill, drill, HOOK, type Outcome, type Stage } from "../drill.ts";

/** Nodes of one cluster with a VM each, all of which may leave. */
export function drillOfSeveral(
	count: number,
	{ also, ...some }: Omit<Drill, "seed" | "moreLeaving"> & { readonly also?: Drill["seed"] },
): Promise<Outcome> {
	return drill({
		moreLeaving: count - 1,
		otherNodes: 4 * count,
		hours: 24,
		...some,
		seed: (cluster, node, others, leaving) => {
			const { add } = cluster;
			also?.(cluster, node, others, leaving);
			for (const [index, { node }] of leaving.entries())
				add.vm({ namespace: "shop", name: `vm-${index}`, on: node, evictionStrategy: "LiveMigrate", migrationSeconds: 120 });
		},
	});
}

export const terminateAll = ({ ground, leaving }: Stage): void => {
	for (const { instanceId } of leaving) ground.aws.terminate(instanceId, "scale in");
};

export const isTaken = ({ ground }: Pick<Stage, "ground">, instanceId: string): boolean =>
	ground.aws.instance(instanceId).ec2 === "terminated";

export const marked = ({ ground }: Pick<Stage, "ground">, instanceId: string): boolean =>
	ground.aws.instance(instanceId).tags["evacuator.io/safe-to-terminate"] !== undefined;

export const untilAllAreTaken = (stage: Stage): Promise<void> =>
	stage.until(() => stage.leaving.every(({ instanceId }) => isTaken(stage, instanceId)), "all instances are taken", 12 * 60);

export const slotsOf = ({ ground }: Stage): Promise<ClusterSlots> => ground.worldOf("admit").slots.read("prod");

/** An order to drain, as an operator puts it on the queue. */
export const order = ({ ground }: Stage, instanceId: string, more: Readonly<Record<string, unknown>> = {}) =>
	ground.queues.send("orders", JSON.stringify({ kind: "drain", version: 1, instanceId, reason: "test", ...more }));

/** An order to take the drain back. */
export const cancel = ({ ground }: Stage, instanceId: string) =>
	ground.queues.send("orders", JSON.stringify({ kind: "cancel", version: 1, instanceId, reason: "test" }));

export const drains = (stage: Stage, instanceId: string) => async () => (await slotsOf(stage)).leases[instanceId] !== undefined;

/** What tells that an execution was aborted; an invocation that answers `lost` has heard nothing. */
export const tellsOfEnd = ({ name, event }: Invocation): boolean =>
	name === "intake" && JSON.stringify(event).includes("ABORTED");
export const lost = { batchItemFailures: [] };

export const saysOf = ({ says }: Pick<Outcome, "says">, event: string) => says.filter((line) => line.event === event);

/** When each maintenance entered this state for the first time, in the order of that. */
export const firstEntered = (outcome: Outcome, state: string): readonly string[] => [...entriesOf(outcome, state).keys()];

export function entriesOf({ trace }: Pick<Outcome, "trace">, state: string): ReadonlyMap<string, number> {
	const found = new Map<string, number>();
	for (const line of trace) {
		const [at = "", execution = "", type, ...name] = line.split(" ");
		if (type !== "entered" || name.join(" ") !== state) continue;
		const instanceId = execution.replace(/-\d+$/, "");
		if (!found.has(instanceId)) found.set(instanceId, Number(at));
	}
	return found;
}

/** The largest number of nodes that were drained at once: from the first eviction to Done. */
export function mostAtOnce(outcome: Outcome): number {
	const [begins, ends] = [entriesOf(outcome, "Evict"), entriesOf(outcome, "Done")];
	const instants = [...begins].map(([instanceId, at]) => ({ from: at, to: ends.get(instanceId) ?? Number.POSITIVE_INFINITY }));
	return Math.max(0, ...instants.map(({ from }) => instants.filter((other) => other.from <= from && from < other.to).length));
}

export const completions = ({ ground }: Stage): number =>
	ground.aws.requests.filter(({ operation }) => operation === "CompleteLifecycleAction").length;

export const SHORT_HOOK = { ...HOOK, heartbeatTimeoutSeconds: 300 };
