import { columns, lines } from "../../bench/layout.ts";
import { printColumns, type RequestCounts } from "./count-requests.ts";

/** One drain as it was measured; epoch milliseconds. */
export type MeasuredDrain = {
	readonly beganAt: number;
	/** The node's last launcher was seen final or gone. */
	readonly launchersEndedAt: number;
	/** The program was done: ours completed the hook, kubectl exited. */
	readonly endedAt: number;
};

/** Seconds from the last launcher's end to the program's. */
type Lags = { readonly median: number; readonly worst: number; readonly all: readonly number[] };

/** So many LiveMigrate VMs on one node, and how long each takes to move. */
export type Load = { readonly vms: number; readonly migrationSeconds: number };

export type Comparison = {
	readonly kubevirt: string;
	/** Of the drain whose requests were counted. */
	readonly load: Load;
	/** Of the drains whose lags were measured. */
	readonly lagLoad: Load;
	readonly requests: { readonly ours: RequestCounts; readonly kubectl: RequestCounts };
	readonly seconds: { readonly ours: number; readonly kubectl: number };
	readonly lags: { readonly ours: Lags; readonly kubectl: Lags };
};

const LIMITS = { requests: 60, evictions: 25, worstLagSeconds: 2 } as const;

export function lagsOf(drains: readonly MeasuredDrain[]): Lags {
	const all = drains.map(lagOf);
	const sorted = all.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const [below = Number.NaN, above = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return { median: (below + above) / 2, worst: sorted.at(-1) ?? Number.NaN, all };
}

const lagOf = ({ launchersEndedAt, endedAt }: MeasuredDrain): number => (endedAt - launchersEndedAt) / 1000;

/** One sentence for each figure of ours that breaks its limit; a figure that is no number breaks it. */
export function brokenLimits({ load, requests: { ours }, lags }: Comparison): readonly string[] {
	const over = (what: string, figure: number, most: number): string[] =>
		figure <= most ? [] : [`${what}: ${figure}, at most ${most} are allowed`];
	return [
		...over(`our requests for the drain of ${load.vms} VMs`, ours.requests, LIMITS.requests),
		...over(`our eviction POSTs for the drain of ${load.vms} VMs`, ours.evictions, LIMITS.evictions),
		...over("seconds from the last launcher's end to our completed hook, at worst", lags.ours.worst, LIMITS.worstLagSeconds),
		...(Math.min(...lags.ours.all) < 0 ? ["our hook was completed before the node's last launcher had ended"] : []),
	];
}

/** Both programs beside each other, for people. */
export function pageOfComparison({ kubevirt, load, lagLoad, requests, seconds, lags }: Comparison): string {
	const fixed = (number: number): string => number.toFixed(1);
	const row = (what: string, { median, worst, all }: Lags) => [what, fixed(median), fixed(worst), all.map(fixed).join(" ")];
	return [
		`One node with ${wordsOf(load)}, two at a time, hook of 3600 s; KubeVirt ${kubevirt}, from the audit log\n`,
		printColumns(requests.ours, requests.kubectl),
		lines(
			columns([
				["", "Evacuator", "kubectl drain"],
				["seconds until done", fixed(seconds.ours), fixed(seconds.kubectl)],
			]),
		),
		`Seconds from the last launcher's end to the program's; nodes with ${wordsOf(lagLoad)}\n`,
		lines(columns([["", "median", "worst", "each"], row("Evacuator", lags.ours), row("kubectl drain", lags.kubectl)])),
	].join("\n");
}

const wordsOf = ({ vms, migrationSeconds }: Load): string => `${vms} LiveMigrate VMs, ${migrationSeconds} s a migration`;
