import { describe, expect, it, jest } from "@jest/globals";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";
import {
	answered,
	deadLetters,
	deeds,
	gist,
	lifecycleEvent,
	longestSilence,
	onceOnly,
	order,
	post,
	receipts,
	slowVm,
	tokenOf,
	wellEnded,
} from "./messages.ts";

jest.setTimeout(60_000);

const name = (generation: number) => `${LEAVING}-${generation}`;
const opened = `accepted: opened maintenance ${name(1)}`;
const abortedAndNext = `accepted: execution ${name(1)} ended ABORTED; maintenance ${name(2)} goes on`;

const migrating = async (stage: Stage) => {
	stage.ground.aws.terminate(LEAVING, "scale in");
	await stage.until(() => stage.cluster.truth.migrations().length > 0);
};

const taken = async (stage: Stage) => {
	await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
	await answered(stage);
	expect(await deadLetters(stage, "events-dead")).toEqual([]);
};

const goneOn = {
	...onceOnly,
	executions: [`${name(1)} ABORTED`, `${name(2)} SUCCEEDED`],
};

describe("an execution that dies", () => {
	it("in the middle of a migration is followed by the next generation, with the same token and the same stories", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				await migrating(stage);
				await stage.ground.machine.stop(name(1), "Operator", "by mistake");
				await taken(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(deeds(outcome.stage)).toEqual(goneOn);
		expect(outcome.record?.hooks.map(({ token }) => token)).toEqual([tokenOf()]);
		expect(outcome.record?.requests).toEqual([`asg:${LEAVING}:${tokenOf()}`]);
		expect(receipts(outcome)).toEqual([opened, abortedAndNext]);
	});

	it("in Hold leaves no hook without heartbeats", async () => {
		const outcome = await drill({
			hours: 8,
			seed: (cluster, node) => {
				cluster.add.vm({
					namespace: "shop",
					name: "web",
					on: node,
					evictionStrategy: "LiveMigrate",
					notMigratable: { reason: "DisksNotLiveMigratable", message: "its disk is local" },
				});
			},
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(50 * 60_000);
				await stage.ground.machine.stop(name(1));
				await stage.clock.sleep(4 * 3_600_000);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ state: "open", generation: 2, vms: ["web undefined"], trouble: ["vm-blocks"] });
		expect(deeds(outcome.stage)).toEqual({
			executions: [`${name(1)} ABORTED`, `${name(2)} RUNNING`],
			evictions: 0,
			completed: [],
			taken: [],
		});
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
	});

	it("is followed once, also when a message finds it dead before its own status event comes", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				await migrating(stage);
				await stage.ground.machine.stop(name(1));
				await post(stage, "orders", order());
				await post(stage, "events", lifecycleEvent());
				await taken(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(deeds(outcome.stage)).toEqual(goneOn);
		expect(outcome.record?.requests).toEqual([`asg:${LEAVING}:${tokenOf()}`, "CHG-1"]);
		const [first, ...others] = receipts(outcome);
		expect(first).toBe(opened);
		expect([...others].sort()).toEqual(
			[
				abortedAndNext,
				`accepted: merged into maintenance ${name(2)}`,
				`duplicate: request asg:${LEAVING}:${tokenOf()} belongs to maintenance ${name(2)} already`,
			].sort(),
		);
	});

	it("is followed once, also when its status event comes twice", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				await migrating(stage);
				const { stopDate: _stopped, ...detail } = await stage.ground.machine.stop(name(1));
				const event = { source: "aws.states", "detail-type": "Step Functions Execution Status Change", detail };
				await post(stage, "events", JSON.stringify(event));
				await taken(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage)).toEqual(goneOn);
		expect(receipts(outcome)).toEqual([opened, abortedAndNext, abortedAndNext]);
	});

	it("twice is followed twice", async () => {
		const outcome = await drill({
			seed: slowVm,
			play: async (stage) => {
				await migrating(stage);
				await stage.ground.machine.stop(name(1));
				await stage.clock.sleep(30_000);
				await stage.ground.machine.stop(name(2));
				await taken(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 3 });
		expect(deeds(outcome.stage)).toEqual({
			...onceOnly,
			executions: [`${name(1)} ABORTED`, `${name(2)} ABORTED`, `${name(3)} SUCCEEDED`],
		});
	});

	it("after it had done its work changes nothing", async () => {
		const done = JSON.stringify({
			source: "aws.states",
			"detail-type": "Step Functions Execution Status Change",
			detail: { name: name(1), status: "TIMED_OUT" },
		});
		const stranger = done.replace(name(1), "i-0cccccccccccccccc-1");
		const outcome = await drill({
			seed: slowVm,
			hooks: [HOOK],
			play: async (stage) => {
				await migrating(stage);
				await taken(stage);
				await post(stage, "events", done);
				await answered(stage);
				await post(stage, "events", stranger);
				await answered(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(receipts(outcome)).toEqual([
			opened,
			`ignored: maintenance ${name(1)} had ended: released`,
			"stale: maintenance i-0cccccccccccccccc-1 has no record",
		]);
	});
});
