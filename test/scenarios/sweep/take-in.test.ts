import { describe, expect, it, jest } from "@jest/globals";
import {
	answered,
	deeds,
	gist,
	lifecycleEvent,
	longestSilence,
	nothing,
	onceOnly,
	oneVm,
	post,
	receipts,
	released,
	slowVm,
	tokenOf,
	wellEnded,
} from "../bad-input/messages.ts";
import { drill, HOOK, LEAVING, leave } from "../drill.ts";
import { name, swept, unheard } from "./sweep.ts";

jest.setTimeout(240_000);

describe("an instance whose lifecycle event is lost for ever", () => {
	it("is taken in by the next sweep, and its drain completes without a token", async () => {
		const outcome = await drill({ seed: slowVm, hooks: [unheard], play: leave });
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(receipts(outcome)).toEqual([]);
		expect(outcome.record?.hooks.map(({ token }) => token)).toEqual([undefined]);
		expect(swept(outcome)).toMatchObject({ "taken in": 1, running: expect.any(Number) });
		expect(swept(outcome).failed).toBeUndefined();
		// Five minutes until it is found; from then on as often as for any other.
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(900);
	});

	it("with a hook of 300 s is taken in before that lapses", async () => {
		const outcome = await drill({
			seed: slowVm,
			hooks: [{ ...unheard, heartbeatTimeoutSeconds: 300 }],
			play: async (stage) => {
				await stage.clock.sleep(30_000);
				await leave(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(300);
	});

	it("is kept alive in Hold, by plain states, for as long as nothing can leave", async () => {
		const outcome = await drill({
			hours: 6,
			hooks: [unheard],
			seed: (cluster, on) => {
				const notMigratable = { reason: "DisksNotLiveMigratable", message: "its disk is local" };
				cluster.add.vm({ namespace: "shop", name: "web", on, evictionStrategy: "LiveMigrate", notMigratable });
			},
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(5 * 3_600_000);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ state: "open", generation: 1, vms: ["web undefined"], trouble: ["vm-blocks"] });
		expect(longestSilence(outcome.stage)).toBeLessThanOrEqual(1_800);
	});
});

describe("a second hook whose event is lost", () => {
	it("gets its first heartbeat from Sweep: the drain that it joins may sleep until it has lapsed", async () => {
		const short = { ...HOOK, heartbeatTimeoutSeconds: 300 };
		const outcome = await drill({
			hours: 2,
			hooks: [short, { ...short, name: "second", tells: [] }],
			seed: (cluster, on) => {
				const notMigratable = { reason: "DisksNotLiveMigratable", message: "its disk is local" };
				cluster.add.vm({ namespace: "shop", name: "web", on, evictionStrategy: "LiveMigrate", notMigratable });
			},
			play: async (stage) => {
				await stage.clock.sleep(2_000);
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(3_600_000);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ state: "open", generation: 1, vms: ["web undefined"], trouble: ["vm-blocks"] });
	});
});

describe("an event that comes after Sweep has taken its action in", () => {
	it("brings its token to the same hook, and its limit", async () => {
		const outcome = await drill({
			seed: slowVm,
			hooks: [unheard],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.until(async () => (await stage.record()) !== undefined);
				await post(stage, "events", lifecycleEvent(), lifecycleEvent());
				await released(stage);
				await answered(stage);
			},
		});
		const { record } = outcome;
		const waiting = outcome.stage.ground.aws.log.find((event) => event.kind === "waiting");
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(record?.hooks.map(({ token }) => token)).toEqual([tokenOf()]);
		expect(record?.hooks[0]?.limitAt).toBeLessThanOrEqual(waiting?.kind === "waiting" ? waiting.limitAt : 0);
		expect(record?.requests).toEqual([`sweep:${LEAVING}:workers/evacuator`, `asg:${LEAVING}:${tokenOf()}`]);
		expect(deeds(outcome.stage).executions).toEqual([`${name(1)} SUCCEEDED`]);
		expect(deeds(outcome.stage).completed).toEqual(onceOnly.completed);
	});

	it("after the end drains nothing, though a hook of another's still keeps the instance", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [unheard, { ...unheard, name: "another's" }],
			ours: [unheard.name],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await released(stage);
				await post(stage, "events", lifecycleEvent());
				await answered(stage);
				// Two more sweeps see it wait.
				await stage.clock.sleep(11 * 60_000);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage).executions).toEqual([`${name(1)} SUCCEEDED`]);
		expect(receipts(outcome)).toEqual([`duplicate: request asg:${LEAVING}:${tokenOf()} ended with maintenance ${name(1)}`]);
		expect(swept(outcome)).toMatchObject({ "taken in": 1, "waiting and known": expect.any(Number) });
	});
});

describe("an instance that waits", () => {
	it("for hooks of others only is none of Sweep's", async () => {
		const outcome = await drill({
			seed: oneVm,
			hooks: [unheard],
			ours: ["another"],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(16 * 60_000);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(deeds(outcome.stage)).toEqual(nothing);
	});

	it("and is swept twice at the same time is taken in once", async () => {
		const outcome = await drill({
			seed: slowVm,
			hooks: [unheard],
			play: async (stage) => {
				stage.ground.aws.terminate(LEAVING, "scale in");
				await stage.clock.sleep(10_000);
				await Promise.all([stage.ground.sweep(), stage.ground.sweep(), stage.ground.sweep()]);
				await stage.until(() => stage.ground.aws.instance(LEAVING).ec2 === "terminated");
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
	});

	it("when Auto Scaling does not answer is taken in by the next sweep, and the failure is told", async () => {
		const outcome = await drill({
			seed: slowVm,
			hooks: [unheard],
			prepare: ({ ground }) => void ground.aws.faults.add({ operation: "DescribeAutoScalingGroups", kind: "failed", times: 3 }),
			play: leave,
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(wellEnded);
		expect(deeds(outcome.stage)).toEqual(onceOnly);
		expect(swept(outcome)).toMatchObject({ failed: 1, "taken in": 1 });
		expect(outcome.says).toContainEqual(
			expect.objectContaining({ event: "sweep failed", about: "instances that wait", error: "AwsUnavailable" }),
		);
	});
});
