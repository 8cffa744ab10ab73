import { describe, expect, it, jest } from "@jest/globals";
import type { FaultEffect } from "../../../src/local/cluster/api/provoked-faults.ts";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	longestSilence,
	minutes,
	onceByOrder,
	onceOnly,
	oneVm,
	order,
	post,
	receipts,
	released,
	slowVm,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

/** Nothing of Evacuator's gets through to the API server, and its watches break. */
const cutOff = ({ cluster }: Stage, effect: FaultEffect): (() => void) =>
	cluster.faults.api.add({ match: ({ user }) => user.startsWith("evacuator-"), effect });

const notice = (stage: Pick<Stage, "notices">) =>
	stage.notices.map(({ subject, message }) => `${subject} | ${message.split(" (maintenance")[0]}`);
const held = `Evacuator holds ${LEAVING} after a fault | ClusterUnreachable`;

const outages: readonly (readonly [string, FaultEffect, string])[] = [
	["refuses connections", "reset", "cannot reach cluster prod"],
	["never answers", "hang", "cannot reach cluster prod: no answer within 12 s"],
	["answers 503", { status: 503, body: "no leader\\n" }, "(503)"],
];

describe.each(outages)("an API server that %s", (_what, effect, says) => {
	it("when the instance is to go: held with heartbeats, then drained when it is back", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				const back = cutOff(stage, effect);
				stage.ground.aws.terminate(LEAVING, "scale in");
				await minutes(stage, 40);
				expect(stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Wait");
				expect(gist({ record: await stage.record() })).toEqual({ state: "open", generation: 1, vms: [], trouble: [] });
				back();
				await released(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(notice(outcome)).toEqual([held]);
		expect(outcome.notices[0]?.message).toContain("heartbeats go on");
		expect(outcome.notices[0]?.message).toContain(says);
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
	});

	it("in the middle of a migration: nothing is asked twice, and what moved meanwhile is seen", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				const back = cutOff(stage, effect);
				await minutes(stage, 45);
				back();
				await released(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(new Set(notice(outcome))).toEqual(new Set([held]));
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
	});

	it("when an order names a node: the order waits in its queue until it is back", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				const back = cutOff(stage, effect);
				await post(stage, "orders", order({ instanceId: undefined, cluster: "prod", nodeName: stage.node }));
				await minutes(stage, 5);
				back();
				await released(stage);
				await answered(stage);
				expect(await deadLetters(stage, "orders-dead")).toEqual([]);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceByOrder);
		const said = receipts(outcome);
		expect(said.slice(0, -1).every((line) => line.startsWith("retry: cannot ") && line.includes(says))).toBe(true);
		expect(said.at(-1)).toBe(`accepted: opened maintenance ${LEAVING}-1`);
	});
});

it("a cluster that is gone for good never costs a hook its heartbeats, not even a short one's, up to its limit of 8 h 20 min", async () => {
	const outcome = await drill({
		seed: oneVm,
		otherNodes: 1,
		hooks: [{ ...HOOK, heartbeatTimeoutSeconds: 300 }],
		hours: 9,
		play: async (stage) => {
			cutOff(stage, "reset");
			stage.ground.aws.terminate(LEAVING, "scale in");
			await minutes(stage, 8 * 60 + 19);
			expect(stage.ground.aws.instance(LEAVING).lifecycle).toBe("Terminating:Wait");
		},
	});
	expect(outcome.violations).toEqual([]);
	expect(deeds(outcome.stage)).toEqual({ executions: [`${LEAVING}-1 RUNNING`], evictions: 0, completed: [], taken: [] });
	// About once an hour.
	expect(notice(outcome)).toEqual(Array(9).fill(held));
	expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(150);
	expect(outcome.stage.ground.machine.history(`${LEAVING}-1`).length).toBeLessThan(20_000);
});
