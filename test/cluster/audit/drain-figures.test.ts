import { describe, expect, it } from "@jest/globals";
import { brokenLimits, type Comparison, lagsOf, pageOfComparison } from "./drain-figures.ts";

const drain = (lagSeconds: number) => ({ beganAt: 0, launchersEndedAt: 60_000, endedAt: 60_000 + lagSeconds * 1000 });
const counts = (requests: number, evictions: number) => ({ rows: [], requests, evictions, refusedEvictions: evictions - 1 });

const comparison = (requests: number, evictions: number, ...lags: readonly number[]): Comparison => ({
	kubevirt: "1.7.0",
	load: { vms: 20, migrationSeconds: 30 },
	lagLoad: { vms: 6, migrationSeconds: 8 },
	requests: { ours: counts(requests, evictions), kubectl: counts(1_584, 789) },
	seconds: { ours: 352, kubectl: 353.3 },
	lags: { ours: lagsOf(lags.map(drain)), kubectl: lagsOf([drain(2.7), drain(4.1)]) },
});

describe("the figures of drains", () => {
	it("know the median and the worst of the lags", () => {
		expect(lagsOf([drain(0.5), drain(1.75), drain(0.25)])).toEqual({ median: 0.5, worst: 1.75, all: [0.5, 1.75, 0.25] });
		expect(lagsOf([drain(1), drain(2)]).median).toBe(1.5);
	});

	it("break no limit when they are at it", () => {
		expect(brokenLimits(comparison(60, 25, 0.5, 2))).toEqual([]);
	});

	it("say which limit is broken", () => {
		expect(brokenLimits(comparison(61, 26, 0.5, 2.5))).toEqual([
			"our requests for the drain of 20 VMs: 61, at most 60 are allowed",
			"our eviction POSTs for the drain of 20 VMs: 26, at most 25 are allowed",
			"seconds from the last launcher's end to our completed hook, at worst: 2.5, at most 2 are allowed",
		]);
		expect(brokenLimits(comparison(60, 25, -0.5, 1))).toEqual([
			"our hook was completed before the node's last launcher had ended",
		]);
		expect(brokenLimits(comparison(60, 25))).toEqual([
			"seconds from the last launcher's end to our completed hook, at worst: NaN, at most 2 are allowed",
		]);
	});

	it("are printed beside each other", () => {
		expect(pageOfComparison(comparison(51, 22, 0.5, 1.25)).split("\n")).toEqual([
			"One node with 20 LiveMigrate VMs, 30 s a migration, two at a time, hook of 3600 s; KubeVirt 1.7.0, from the audit log",
			"",
			"  verb                       resource   code   Evacuator   kubectl drain",
			"  all requests                                        51           1,584",
			"  eviction POSTs                                      22             789",
			"    of these refused (429)                            21             788",
			"",
			"                       Evacuator   kubectl drain",
			"  seconds until done   352.0       353.3",
			"",
			"Seconds from the last launcher's end to the program's; nodes with 6 LiveMigrate VMs, 8 s a migration",
			"",
			"                  median   worst   each",
			"  Evacuator       0.9      1.3     0.5 1.3",
			"  kubectl drain   3.4      4.1     2.7 4.1",
			"",
		]);
	});
});
