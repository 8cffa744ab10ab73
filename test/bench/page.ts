import { drainsAtOnce, leavingShare } from "../../src/domain/policy.ts";
import { boundsOf } from "./bounds.ts";
import { CROWD, CROWD_POLICY, type CrowdFigures } from "./crowd.ts";
import type { FleetFigures } from "./fleet.ts";
import { columns, lines, spread } from "./layout.ts";
import { KUBEVIRT_VERSION, LOAD } from "./leaving-node.ts";
import { otherDrainers, recordedOn } from "./other-drainers.ts";

const load = `${LOAD.vms} LiveMigrate VMs of ${LOAD.migrationSeconds} s each, two at a time`;
const ours = `simulated with KubeVirt ${KUBEVIRT_VERSION}`;

/** What one drain costs in every currency. */
export function pageOfDrain({ drains: [drain], hookSeconds, ...fleet }: FleetFigures): string {
	if (drain === undefined) return "";
	const bounds = boundsOf(hookSeconds);
	const atMost =
		bounds.requests === undefined ? "no bound: so short a hook needs more, shorter turns" : `at most ${bounds.requests}`;
	return lines([
		`One node with ${load}, hook of ${hookSeconds} s (${ours}; seconds are virtual)`,
		...columns([
			["requests to the Kubernetes API", drain.requests, atMost],
			...Object.entries(drain.requestsBy).map(([kind, count]) => [`  ${kind}`, count, ""]),
			["eviction POSTs", drain.evictions, `${drain.dryRuns} of them a dry run; at most ${bounds.evictions}`],
			["seconds until the last launcher on the node is final", drain.lastLauncherSeconds, ""],
			["seconds from then to the completed hook", drain.lagSeconds, `at most ${bounds.lagSeconds}`],
			["heartbeats", drain.heartbeats, ""],
			["Step Functions history events", drain.historyEvents, ""],
			["Lambda invocations", fleet.invocations, ""],
			["DynamoDB reads", fleet.tableReads, ""],
			["DynamoDB writes", fleet.tableWrites, ""],
		]),
	]);
}

/** The same drain by other programs, and by ours. */
export function pageOfOthers(fleets: readonly FleetFigures[]): string {
	const others = otherDrainers.map(({ program, requests, evictions, ends }) => [program, requests, evictions, ends]);
	const own = fleets.map(({ hookSeconds, drains: [drain] }) => {
		const ends = `CONTINUE at ${drain?.hookSeconds} s, ${drain?.lagSeconds} s after the last launcher's end`;
		return [`Evacuator, hook of ${hookSeconds} s`, drain?.requests, drain?.evictions, ends];
	});
	return lines([
		`Others: ${recordedOn}, on which the migrations alone take some 30 s longer.`,
		`Evacuator: ${ours}.`,
		...columns([["program", "requests", "eviction POSTs", "end"], ...others, ...own]),
	]);
}

/** One row for each number of clusters. */
export function pageOfFleets(fleets: readonly FleetFigures[]): string {
	const heads = ["clusters", "requests per drain (min / median / max)", "virtual s", "wall s", "peak RSS", "heap after GC"];
	const row = ({ drains, wallSeconds, peakRssMiB, heapMiB }: FleetFigures) => [
		drains.length,
		spread(drains.map(({ requests }) => requests)),
		Math.max(...drains.map(({ hookSeconds }) => hookSeconds)),
		wallSeconds.toFixed(1),
		`${Math.round(peakRssMiB)} MiB`,
		`${Math.round(heapMiB)} MiB`,
	];
	return lines([
		"One such node in each of so many clusters, all leaving at the same time, one deployment, one process, hook of 3600 s",
		...columns([heads, ...fleets.map(row)]),
	]);
}

/** One row for each number of nodes. */
export function pageOfCrowds(crowds: readonly CrowdFigures[]): string {
	const heads = [
		"nodes",
		"clusters",
		"requests",
		"record writes",
		"reads",
		"functions",
		"longest silence",
		"virtual s",
		"wall s",
	];
	const row = (crowd: CrowdFigures) => [
		crowd.nodes,
		crowd.clusters,
		crowd.requests.toFixed(1),
		crowd.writes.toFixed(1),
		crowd.reads.toFixed(1),
		crowd.invocations.toFixed(1),
		`${(100 * crowd.slowestBeat).toFixed(1)} % of the hook`,
		crowd.virtualSeconds,
		crowd.wallSeconds.toFixed(1),
		`${Math.round(crowd.peakRssMiB)} MiB`,
		`${Math.round(crowd.heapMiB)} MiB`,
	];
	return lines([
		`Nodes of ${CROWD.clusters} clusters told to leave within ${CROWD.withinSeconds} s, ${CROWD.vms} VMs each, hook of ${CROWD.hookSeconds} s; requests, record`,
		"writes, reads and functions are those of one drain, on average; the silence is the longest between two heartbeats of any hook.",
		`maxConcurrentDrains is ${drainsAtOnce(CROWD_POLICY)}, so that most nodes of a large crowd wait for a slot; mostLeavingShare is ${leavingShare(CROWD_POLICY)}, because the`,
		"circuit breaker would pause these drains, as it is meant to: who means to replace most of a cluster at once sets it so.",
		...columns([[...heads, "peak RSS", "heap after GC"], ...crowds.map(row)]),
	]);
}
