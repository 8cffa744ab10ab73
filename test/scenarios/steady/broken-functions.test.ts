import { describe, expect, it, jest } from "@jest/globals";
import type { HookSettings } from "../../../src/local/aws/account.ts";
import type { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import type { Invocation } from "../../../src/local/embedded-ground.ts";
import { deeds, gist, longestSilence, oneVm, START, wellEnded } from "../bad-input/messages.ts";
import { drill, HOOK, LEAVING, type Stage } from "../drill.ts";

jest.setTimeout(120_000);

const HOUR = 3_600_000;
/** AWS ends this one after 8 hours and 20 minutes, whatever is sent, and then waits for the other. */
const SHORT: HookSettings = { ...HOOK, name: "short", heartbeatTimeoutSeconds: 300, defaultResult: "CONTINUE" };
const hooks = [SHORT, HOOK];

type Breakdown = (clock: VirtualClock) => Promise<never>;
const named = (name: string) => Object.assign(new Error("out of order"), { name });
/** What Lambda makes of every invocation. */
const breakdowns: readonly (readonly [string, Breakdown])[] = [
	[
		"throws",
		async () => {
			throw named("TypeError");
		},
	],
	[
		"never answers",
		async (clock) => {
			await clock.sleep(HOUR);
			throw named("TypeError");
		},
	],
	[
		"is throttled",
		async () => {
			throw named("Lambda.TooManyRequestsException");
		},
	],
];

/** Every function is broken once intake has heard of both hooks, until so many hours have passed. */
function brokenUntil(hours: number, breakdown: Breakdown) {
	let heard = 0;
	return async ({ name }: Invocation, run: () => Promise<unknown>, clock: VirtualClock) => {
		if (clock.now() >= START + hours * HOUR) return run();
		if (name !== "intake" || heard === hooks.length) return breakdown(clock);
		heard += 1;
		return run();
	};
}

const gone = async ({ clock, ground }: Stage) => {
	ground.aws.terminate(LEAVING, "scale in");
	while (ground.aws.instance(LEAVING).ec2 !== "terminated") await clock.sleep(60_000);
};

const ended = { ...wellEnded, generation: 2, trouble: expect.any(Array) };

describe("Hold, with every function broken for 46 hours and two hooks,", () => {
	it.each(breakdowns)("keeps both alive, and the drain completes afterwards: %s", async (_, breakdown) => {
		const outcome = await drill({
			hours: 49,
			hooks,
			seed: oneVm,
			aroundInvoke: brokenUntil(46, breakdown),
			play: gone,
		});
		const { stage } = outcome;

		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(ended);
		// So much of its history is used up by then that another generation does the rest.
		expect(stage.ground.machine.list().map(({ error }) => error)).toEqual(["HandOver", null]);
		expect(deeds(stage)).toEqual({
			executions: [`${LEAVING}-1 FAILED`, `${LEAVING}-2 SUCCEEDED`],
			evictions: 1,
			completed: ["short limit CONTINUE", "evacuator completed CONTINUE"],
			taken: ["completed"],
		});
		expect(longestSilence(stage, SHORT.name) / SHORT.heartbeatTimeoutSeconds).toBeLessThanOrEqual(0.5);
		expect(longestSilence(stage) / HOOK.heartbeatTimeoutSeconds).toBeLessThanOrEqual(0.5);
		for (const { name } of stage.ground.machine.list()) expect(stage.ground.machine.history(name).length).toBeLessThan(20_000);
	});

	it("does so while DynamoDB, SNS and Auto Scaling fail for a while, too", async () => {
		const [[, throwing] = []] = breakdowns;
		const outcome = await drill({
			hours: 49,
			hooks,
			seed: oneVm,
			aroundInvoke: brokenUntil(46, throwing as Breakdown),
			prepare: ({ clock, ground }) => {
				const tables = (at: number, state: "failing" | "serving") => clock.at(at * HOUR, () => ground.store.fail(state));
				for (const from of [1, 20, 40]) {
					tables(from, "failing");
					tables(from + 3, "serving");
				}
				for (const at of [2, 10, 30]) {
					clock.at(at * HOUR, () => {
						const end = ground.aws.faults.add({ operation: "RecordLifecycleActionHeartbeat", kind: "throttled", times: 1e6 });
						clock.at(30_000, end);
					});
				}
			},
			onPublish: () => {
				throw named("Throttled");
			},
			play: gone,
		});
		const { stage } = outcome;

		expect(outcome.violations).toEqual([]);
		expect(gist(outcome)).toEqual(ended);
		expect(deeds(stage).completed).toEqual(["short limit CONTINUE", "evacuator completed CONTINUE"]);
		// One heartbeat may fall into the 30 seconds.
		expect(longestSilence(stage, SHORT.name)).toBeLessThanOrEqual(2 * 100 + 10);
		expect(longestSilence(stage)).toBeLessThanOrEqual(1_800 + 10);
	});
});
