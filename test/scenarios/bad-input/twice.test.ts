import { describe, expect, it, jest } from "@jest/globals";
import { drill, HOOK, LEAVING, leave, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	lifecycleEvent,
	lifecycleNotification,
	minutes,
	onceByOrder,
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

const silent = { ...HOOK, tells: [] };
const name = `${LEAVING}-1`;

/** Nothing of all that was posted is left over. */
async function allGone(stage: Stage) {
	await answered(stage);
	expect(await quarantine(stage)).toEqual([]);
	expect(await deadLetters(stage, "events-dead")).toEqual([]);
	expect(await deadLetters(stage, "orders-dead")).toEqual([]);
}

describe("the same message", () => {
	it("delivered three times at once drains once", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [silent],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(2_000);
				await post(stage, "events", lifecycleEvent(), lifecycleEvent(), lifecycleEvent());
				await released(stage);
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		const again = `duplicate: request asg:${LEAVING}:${tokenOf()} belongs to maintenance ${name} already`;
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name}`, again, again]);
	});

	it("delivered again after the end finds the instance gone", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await leave(stage);
				await post(stage, "events", lifecycleEvent());
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(receipts(outcome)).toEqual([`accepted: opened maintenance ${name}`, `stale: instance ${LEAVING} is unknown or gone`]);
	});

	it("as an order, at once and after the end, drains once: the instance is still there, the order is known", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await post(stage, "orders", order(), order());
				await released(stage);
				await post(stage, "orders", order());
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceByOrder);
		expect(receipts(outcome)).toEqual([
			`accepted: opened maintenance ${name}`,
			`duplicate: request CHG-1 belongs to maintenance ${name} already`,
			`duplicate: request CHG-1 ended with maintenance ${name}`,
		]);
		expect(outcome.stage.ground.aws.instance(LEAVING).tags["evacuator.io/safe-to-terminate"]).toMatch(/ generation 1$/);
	});

	it("as an order that comes again two maintenances later drains nothing: the node may be back in service", async () => {
		const outcome = await drill({
			seed: oneVm,
			play: async (stage) => {
				await post(stage, "orders", order());
				await stage.until(async () => (await stage.record())?.state === "released");
				await post(stage, "orders", order({ requestId: "CHG-2" }));
				await stage.until(async () => (await stage.record())?.generation === 2);
				await stage.until(async () => (await stage.record())?.state === "released");
				await stage.cluster.kubectl("PATCH", `/api/v1/nodes/${stage.node}`, { spec: { unschedulable: null } });
				await post(stage, "orders", order());
				await allGone(stage);
				await minutes(stage, 5);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ state: "released", generation: 2, vms: [], trouble: [] });
		expect(deeds(outcome.stage).executions).toEqual([`${LEAVING}-1 SUCCEEDED`, `${LEAVING}-2 SUCCEEDED`]);
		expect(receipts(outcome).at(-1)).toBe(`duplicate: request CHG-1 ended with maintenance ${name}`);
		expect(outcome.stage.cluster.store.get("nodes", undefined, outcome.stage.node)?.spec?.unschedulable).toBeUndefined();
	});

	it("told by EventBridge and by the hook itself is one action with one token", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [{ ...HOOK, tells: ["eventbridge", "sqs"] }],
			play: async (stage) => {
				await leave(stage);
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(outcome.record?.hooks.map(({ token }) => token)).toEqual([tokenOf()]);
		expect(receipts(outcome)).toEqual([
			`accepted: opened maintenance ${name}`,
			`duplicate: request asg:${LEAVING}:${tokenOf()} belongs to maintenance ${name} already`,
		]);
	});

	it("told by the hook itself alone is enough", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [silent],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(2_000);
				await post(stage, "events", lifecycleNotification());
				await released(stage);
				await allGone(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
	});
});
