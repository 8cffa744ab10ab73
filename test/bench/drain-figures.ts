import type { AuditEntry } from "../../src/local/cluster/simulated-cluster.ts";
import type { EmbeddedGround } from "../../src/local/embedded-ground.ts";
import { isOurs } from "../scenarios/stage.ts";
import { type LeavingNode, LOAD } from "./leaving-node.ts";

/** What one drain cost, and what is wrong with its end. Seconds are virtual, counted from AWS's decision. */
export type DrainFigures = {
	readonly cluster: string;
	readonly instanceId: string;
	/** Requests to the Kubernetes API, watches and refusals too. */
	readonly requests: number;
	/** By verb and resource, most frequent first. */
	readonly requestsBy: Readonly<Record<string, number>>;
	/** Eviction POSTs, dry runs too. */
	readonly evictions: number;
	readonly dryRuns: number;
	readonly lastLauncherSeconds: number;
	/** From the last launcher's end to the completed hook. */
	readonly lagSeconds: number;
	readonly hookSeconds: number;
	readonly heartbeats: number;
	/** Events in the history of the execution. */
	readonly historyEvents: number;
	readonly wrong: readonly string[];
};

/** Reads the figures of one drain off the ground, from outside of Evacuator. `began`: epoch milliseconds. */
export function figuresOfDrain(node: LeavingNode, { aws, machine }: EmbeddedGround, began: number): DrainFigures {
	const { cluster, instanceId } = node;
	const requests = cluster.audit.filter(({ user }) => isOurs(user));
	const evictions = requests.filter(isEviction);
	const log = aws.log.filter((event) => event.instanceId === instanceId);
	const completed = log.filter((event) => event.kind === "ended" && event.how === "completed" && event.result === "CONTINUE");
	const executions = machine.list().filter(({ name }) => name.startsWith(`${instanceId}-`));
	const finalAt = node.lastLauncherFinalAt() ?? Number.NaN;
	const completedAt = completed[0]?.at ?? Number.NaN;
	return {
		cluster: cluster.name,
		instanceId,
		requests: requests.length,
		requestsBy: countBy(requests, kindOf),
		evictions: evictions.length,
		dryRuns: evictions.filter(isDryRun).length,
		lastLauncherSeconds: (finalAt - began) / 1000,
		lagSeconds: (completedAt - finalAt) / 1000,
		hookSeconds: (completedAt - began) / 1000,
		heartbeats: log.filter(({ kind }) => kind === "heartbeat").length,
		historyEvents: executions.reduce((sum, { name }) => sum + machine.history(name).length, 0),
		wrong: [
			...exactlyOne("CONTINUE", completed.length),
			...exactlyOne("execution", executions.length),
			...executions.filter(({ status }) => status !== "SUCCEEDED").map(({ name, status }) => `execution ${name} is ${status}`),
			...wrongGuests(node),
		],
	};
}

const exactlyOne = (what: string, count: number): string[] => (count === 1 ? [] : [`${count} times ${what} instead of once`]);

function wrongGuests({ cluster, instanceId }: LeavingNode): string[] {
	const guests = cluster.truth.guests();
	const well = guests.filter((guest) => guest.alive && guest.instanceId !== instanceId);
	return well.length === LOAD.vms && guests.length === LOAD.vms
		? []
		: [`${well.length} of ${LOAD.vms} VMs are alive elsewhere, ${guests.length} guests ever ran`];
}

const isEviction = ({ verb, path }: AuditEntry): boolean => verb === "create" && path.endsWith("/eviction");

const isDryRun = ({ body }: AuditEntry): boolean => JSON.stringify(body ?? null).includes('"dryRun":["All"]');

/** `list pods`, `create pods/eviction`: the verb and the last plural of the path. */
function kindOf({ verb, path }: AuditEntry): string {
	const [, resource = path] = /\/(eviction)$/.exec(path) ?? /\/(nodes|events|[a-z]+s)(?:\/[^/]+)?$/.exec(path) ?? [];
	return `${verb} ${resource === "eviction" ? "pods/eviction" : resource}`;
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Readonly<Record<string, number>> {
	const counts = new Map<string, number>();
	for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
	return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}
