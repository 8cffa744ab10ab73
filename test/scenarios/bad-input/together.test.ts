import { describe, expect, it, jest } from "@jest/globals";
import { drill, HOOK, LEAVING, leave, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	longestSilence,
	minutes,
	onceOnly,
	oneVm,
	order,
	post,
	quarantine,
	receipts,
	released,
	tokenOf,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const name = `${LEAVING}-1`;

/** Nothing of all that was posted is left over. */
async function allGone(stage: Stage) {
	await answered(stage);
	expect(await quarantine(stage)).toEqual([]);
	expect(await deadLetters(stage, "events-dead")).toEqual([]);
	expect(await deadLetters(stage, "orders-dead")).toEqual([]);
}

describe("two messages for one instance", () => {
	it("are one maintenance: an order, and the lifecycle action that comes while it drains", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await post(stage, "orders", order());
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				await leave(stage);
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(outcome.record?.requests).toEqual(["CHG-1", `asg:${LEAVING}:${tokenOf()}`]);
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name}`, `accepted: merged into maintenance ${name}`]);
	});

	it("are two generations when the first has ended: the second proves it again and answers the hook", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await post(stage, "orders", order());
				await released(stage);
				await minutes(stage, 5);
				await leave(stage);
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ state: "released", generation: 2, vms: [], trouble: [] });
		expect(deeds(outcome.stage)).toEqual({
			...onceOnly,
			executions: [`${LEAVING}-1 SUCCEEDED`, `${LEAVING}-2 SUCCEEDED`],
		});
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name}`, `accepted: opened maintenance ${LEAVING}-2`]);
	});

	it("are one maintenance when an order comes after the lifecycle action, and what it allows counts", async () => {
		const outcome = await drill({
			seed: (cluster, node) => {
				cluster.add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate", migrationSeconds: 120 });
			},
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(() => stage.cluster.truth.migrations().length > 0);
				await post(stage, "orders", order({ deadline: "2026-01-01T01:00:00Z", mayEnd: ["shop/batch"] }));
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(outcome.record).toMatchObject({
			requests: [`asg:${LEAVING}:${tokenOf()}`, "CHG-1"],
			deadline: Date.UTC(2026, 0, 1, 1),
			mayEnd: ["shop/batch"],
		});
	});
});

describe("two hooks on one instance", () => {
	it("that are both ours get heartbeats and an answer each, in one maintenance", async () => {
		const outcome = await drill({
			seed: (cluster, node) => {
				cluster.add.vm({ namespace: "shop", name: "web", on: node, evictionStrategy: "LiveMigrate", migrationSeconds: 600 });
			},
			hooks: [
				{ ...HOOK, heartbeatTimeoutSeconds: 300 },
				{ ...HOOK, name: "team/second", heartbeatTimeoutSeconds: 600 },
			],
			play: async (stage) => {
				await leave(stage);
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual({
			...onceOnly,
			completed: ["evacuator completed CONTINUE", "team/second completed CONTINUE"],
		});
		expect(longestSilence(outcome.stage, "evacuator")).toBeLessThanOrEqual(150);
		expect(longestSilence(outcome.stage, "team/second")).toBeLessThanOrEqual(300);
		expect([...receipts(outcome)].sort()).toEqual([
			`accepted: merged into maintenance ${name}`,
			`accepted: opened maintenance ${name}`,
		]);
	});

	it("of which one is foreign: that one is neither heartbeaten nor answered by us", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [HOOK, { ...HOOK, name: "Terminate-LC-Hook", heartbeatTimeoutSeconds: 1_800, defaultResult: "CONTINUE" }],
			ours: ["evacuator"],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await released(stage);
				await allGone(stage);
				await minutes(stage, 29);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual({ ...onceOnly, taken: [] });
		const foreign = outcome.stage.ground.aws.log.filter((event) => "hook" in event && event.hook === "Terminate-LC-Hook");
		expect(foreign.map(({ kind }) => kind)).toEqual(["waiting"]);
		expect([...receipts(outcome)].sort()).toEqual([
			`accepted: opened maintenance ${name}`,
			"ignored: hook Terminate-LC-Hook is not ours to answer",
		]);
	});
});
