import { setTimeout as pause } from "node:timers/promises";
import type { Observer } from "../../monitor/observer.ts";
import { countRequests, type RequestCounts } from "./count-requests.ts";
import { type Comparison, type Load, lagsOf, type MeasuredDrain } from "./drain-figures.ts";
import { KUBECTL_USER, type KubectlDrain } from "./kubectl-drain.ts";

export type { Load };

export type ComparedStage = {
	/** `1.7.0` */
	readonly kubevirt: string;
	readonly observer: Pick<Observer, "launchersEndedAt" | "look">;
	readonly auditLog: string;
	readonly isOurs: (user: string) => boolean;
	/**
	 * Adds a node with this load, and answers its name when all VMs run. They must not be able to move to a node of another
	 * load. Called once for each drain, one after the other; no name may come twice.
	 */
	readonly load: (load: Load) => Promise<string>;
	/** Has Evacuator drain it under a hook of 3600 s; resolves when the hook has been completed. Epoch milliseconds. */
	readonly drainOurs: (node: string) => Promise<{ readonly beganAt: number; readonly endedAt: number }>;
	readonly drainByKubectl: (node: string) => Promise<KubectlDrain>;
	/** Removes the node and its VMs, wherever they are now. */
	readonly clear: (node: string) => Promise<void>;
	/** Drains of each program at the same time in the short runs. Default 1; KubeVirt must allow four migrations for each. */
	readonly atOnce?: number;
	/** Milliseconds by which each drain begins after the one before, so that not all of them end together. Default 0. */
	readonly apartMs?: number;
	/** Default: 20 VMs of 30 s once, then six of 8 s ten times. */
	readonly plan?: ComparisonPlan;
	/** What is done after the long drains and before the short ones, whose lags want a quiet machine. */
	readonly between?: () => Promise<void>;
	readonly say?: (line: string) => void;
};

type ComparisonPlan = {
	/** For the requests: drained once. */
	readonly long: Load;
	/** For the lags: drained so many times. */
	readonly short: Load;
	readonly runs: number;
};

const WHOLE_PLAN: ComparisonPlan = {
	long: { vms: 20, migrationSeconds: 30 },
	short: { vms: 6, migrationSeconds: 8 },
	runs: 10,
};

/** An API server writes a request into its log when it is over, a little later than its client knows. */
const LOG_LAGS_MS = 1_000;

type Pair = { readonly ours: MeasuredDrain; readonly kubectl: MeasuredDrain };

/** Measures our drains beside those of kubectl, which run at the same time on nodes of their own. */
export async function compareDrains(stage: ComparedStage): Promise<Comparison> {
	const { kubevirt, isOurs, plan = WHOLE_PLAN, say = () => {} } = stage;
	const [long] = await measurePairs(stage, plan.long, 1);
	if (long === undefined) throw new Error("cannot compare: nothing was measured");
	say(`the drain of ${plan.long.vms} VMs took ${secondsOf(long.ours)} s (ours) and ${secondsOf(long.kubectl)} s (kubectl)`);
	const ours = await countedOf(stage, isOurs, long.ours);
	const kubectl = await countedOf(stage, (user) => user === KUBECTL_USER, long.kubectl);
	await stage.between?.();
	const short = await measureAll(stage, plan);
	return {
		kubevirt,
		load: plan.long,
		lagLoad: plan.short,
		requests: { ours, kubectl },
		seconds: { ours: secondsOf(long.ours), kubectl: secondsOf(long.kubectl) },
		lags: { ours: lagsOf(short.map((pair) => pair.ours)), kubectl: lagsOf(short.map((pair) => pair.kubectl)) },
	};
}

const secondsOf = ({ beganAt, endedAt }: MeasuredDrain): number => (endedAt - beganAt) / 1000;

async function countedOf(
	{ auditLog }: ComparedStage,
	isCounted: (user: string) => boolean,
	{ beganAt, endedAt }: MeasuredDrain,
): Promise<RequestCounts> {
	await pause(LOG_LAGS_MS);
	return countRequests(auditLog, isCounted, { from: beganAt, until: endedAt });
}

async function measureAll(stage: ComparedStage, { short, runs }: ComparisonPlan): Promise<readonly Pair[]> {
	const { atOnce = 1, say = () => {} } = stage;
	const pairs: Pair[] = [];
	while (pairs.length < runs) {
		pairs.push(...(await measurePairs(stage, short, Math.min(atOnce, runs - pairs.length))));
		say(`measured ${pairs.length} of ${runs} drains of ${short.vms} VMs`);
	}
	return pairs;
}

/** So many drains of each program, all in the same time. */
async function measurePairs(stage: ComparedStage, load: Load, count: number): Promise<readonly Pair[]> {
	const { apartMs = 0 } = stage;
	const nodes: { readonly ours: string; readonly kubectl: string }[] = [];
	while (nodes.length < count) nodes.push({ ours: await stage.load(load), kubectl: await stage.load(load) });
	const pairs = await Promise.all(
		nodes.map(async (node, index): Promise<Pair> => {
			const [ours, kubectl] = await Promise.all([
				pause(2 * index * apartMs).then(() => measured(stage, node.ours, () => stage.drainOurs(node.ours))),
				pause((2 * index + 1) * apartMs).then(() =>
					measured(stage, node.kubectl, () => succeeding(stage.drainByKubectl(node.kubectl), node.kubectl)),
				),
			]);
			return { ours, kubectl };
		}),
	);
	for (const { ours, kubectl } of nodes) {
		await stage.clear(ours);
		await stage.clear(kubectl);
	}
	return pairs;
}

async function measured(
	{ observer }: ComparedStage,
	node: string,
	drain: () => Promise<{ readonly beganAt: number; readonly endedAt: number }>,
): Promise<MeasuredDrain> {
	const { beganAt, endedAt } = await drain();
	await observer.look();
	const launchersEndedAt = observer.launchersEndedAt(node);
	if (launchersEndedAt === undefined || launchersEndedAt < beganAt)
		throw new Error(`cannot measure the drain of ${node}: it is over, and the observer has not seen its last launcher end`);
	return { beganAt, launchersEndedAt, endedAt };
}

async function succeeding(drain: Promise<KubectlDrain>, node: string): Promise<KubectlDrain> {
	const ended = await drain;
	if (ended.exitCode === 0) return ended;
	throw new Error(`cannot compare: kubectl drain ${node} ended with ${ended.exitCode}: ${ended.stderr.trim().slice(-500)}`);
}
