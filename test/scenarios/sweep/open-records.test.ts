import { describe, expect, it, jest } from "@jest/globals";
import { withHandedOver } from "../../../src/domain/generations.ts";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import { deeds, gist, onceOnly, order, post, slowVm, wellEnded } from "../bad-input/messages.ts";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";
import { name, swept } from "./sweep.ts";

jest.setTimeout(240_000);

/** EventBridge tells of executions as best it can: here it never does. */
const statusEventsLost = async ({ name: called, event }: Invocation, run: () => Promise<unknown>) =>
	called === "intake" && JSON.stringify(event).includes("Step Functions Execution Status Change")
		? { batchItemFailures: [] }
		: run();

const untilTaken = ({ ground, until }: Stage) => until(() => ground.aws.instance(LEAVING).ec2 === "terminated");

const untilMigrating = async (stage: Stage) => {
	stage.ground.aws.terminate(LEAVING, "scale in");
	await stage.until(() => stage.cluster.truth.migrations().length > 0);
};

describe("a maintenance whose execution ended without a word", () => {
	it("goes on in its next generation after the next sweep, however many sweep at once", async () => {
		const outcome = await drill({
			seed: slowVm,
			aroundInvoke: statusEventsLost,
			play: async (stage) => {
				await untilMigrating(stage);
				await stage.ground.machine.stop(name(1), "Operator", "by mistake");
				await stage.clock.sleep(10_000);
				await Promise.all([stage.ground.sweep(), stage.ground.sweep()]);
				await untilTaken(stage);
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(deeds(outcome.stage)).toEqual({ ...onceOnly, executions: [`${name(1)} ABORTED`, `${name(2)} SUCCEEDED`] });
		expect(swept(outcome).resumed).toBeGreaterThanOrEqual(1);
		expect(swept(outcome).failed).toBeUndefined();
	});

	it("and which was handed over to nobody goes on as well, and the old generation is asked about no more", async () => {
		const outcome = await drill({
			seed: slowVm,
			aroundInvoke: statusEventsLost,
			play: async (stage) => {
				await untilMigrating(stage);
				const { records } = stage.ground.worldOf("intake");
				await stage.ground.machine.stop(name(1), "Operator", "by mistake");
				// Whoever handed it over has died before the next generation was there.
				const latest = await stage.record();
				if (latest) await records.replace(latest, withHandedOver(latest, stage.clock.now()));
				await untilTaken(stage);
				expect(await records.unfinished()).toEqual([]);
				expect(await records.read({ instanceId: LEAVING, generation: 1 })).toMatchObject({ continuedAs: 2 });
			},
		});
		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual({ ...wellEnded, generation: 2 });
		expect(swept(outcome)).toMatchObject({ resumed: 1, "followed by another": 1 });
	});
});

describe("a maintenance whose instance is gone", () => {
	const blocked = (cluster: Stage["cluster"], on: string) => {
		const notMigratable = { reason: "DisksNotLiveMigratable", message: "its disk is local" };
		cluster.add.vm({ namespace: "shop", name: "web", on, evictionStrategy: "LiveMigrate", notMigratable });
	};

	it("while it holds is closed within a sweep and a beat of Hold, and a human is told what was on it", async () => {
		let closedAfter = Number.NaN;
		const outcome = await drill({
			seed: blocked,
			hooks: [{ ...HOOK, tells: [] }],
			play: async (stage) => {
				await post(stage, "orders", order());
				await stage.until(() => stage.hasEntered("Hold"));
				stage.ground.aws.reclaim(LEAVING);
				const gone = stage.clock.now();
				await stage.until(async () => (await stage.record())?.state === "gone");
				closedAfter = stage.clock.now() - gone;
			},
		});
		expect(closedAfter).toBeLessThanOrEqual(20 * 60_000 + 5_000);
		expect(outcome.notices.at(-1)).toEqual({
			subject: `Evacuator ${name(1)}: instance-gone`,
			message: expect.stringContaining("VMs last seen on it: shop/web"),
		});
		expect(swept(outcome)).toMatchObject({ "woken, for its instance is gone": expect.any(Number) });
	});

	it("and whose execution is gone too is closed by its next generation", async () => {
		const outcome = await drill({
			seed: blocked,
			aroundInvoke: statusEventsLost,
			play: async (stage) => {
				await post(stage, "orders", order());
				await stage.until(() => stage.hasEntered("Hold"));
				await stage.ground.machine.stop(name(1));
				stage.ground.aws.reclaim(LEAVING);
				await stage.until(async () => (await stage.record())?.state === "gone");
			},
		});
		expect(gist(outcome)).toMatchObject({ state: "gone", generation: 2 });
		expect(outcome.notices.at(-1)?.subject).toBe(`Evacuator ${name(2)}: instance-gone`);
	});
});
