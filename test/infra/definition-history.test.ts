import { describe, expect, it } from "@jest/globals";
import { mustHandOver, paceOf } from "../../src/domain/pace.ts";
import type { Next, StepResult } from "../../src/domain/step-result.ts";
import { item, runDefinition } from "./definition-under-test.ts";

const HOOKS = [300, 600, 1_728, 3_600, 7_200];
/** Step Functions ends an execution at 25,000. */
const LIMIT = 20_000;
const two = ["a", "b"];

const hookLimit = (hookSeconds: number) => Math.min(48 * 3_600, 100 * hookSeconds);
const paceFor = (timeoutSeconds: number) =>
	paceOf({ hooks: [{ group: "nodes", hook: "evacuator", token: "a", timeoutSeconds, limitAt: 0 }] });

function worldOf(hookSeconds: number) {
	const pace = paceFor(hookSeconds);
	const { waitSeconds, watchTimeoutSeconds } = pace;
	const say = (next: Next, turns = 0): StepResult => ({ next, turns, waitSeconds, watchTimeoutSeconds });
	const record = () => item(two, pace.beatSeconds);
	return { pace, say, common: { item: record, untilSeconds: hookLimit(hookSeconds) } };
}

/** Nothing fails here, so that no heartbeat may be later than half the hook. */
function expectHeld({ events, longestSilence }: { events: number; longestSilence: number }, hookSeconds: number) {
	expect(events).toBeLessThan(LIMIT);
	expect(longestSilence).toBeLessThanOrEqual(hookSeconds / 2);
}

describe("as long as AWS lets an instance wait, with two hooks, stays under 20,000 events", () => {
	it.each(HOOKS)("of watching, hook of %i s", async (hookSeconds) => {
		const { pace, say, common } = worldOf(hookSeconds);
		const outcome = await runDefinition({
			...common,
			steps: {
				assess: async () => say("watch"),
				watch: async (clock) => {
					await clock.sleep(pace.watchSeconds * 1000);
					return say("watch");
				},
			},
		});

		expect(outcome.events).toBeLessThan(LIMIT);
		expect(outcome.events).toBeGreaterThan(100);
	});

	it.each(HOOKS)("of waiting for something to move, hook of %i s", async (hookSeconds) => {
		const { say, common } = worldOf(hookSeconds);
		const outcome = await runDefinition({ ...common, steps: { assess: async () => say("wait") } });

		expectHeld(outcome, hookSeconds);
	});

	it.each(HOOKS)("of Hold for trouble, hook of %i s", async (hookSeconds) => {
		const { say, common } = worldOf(hookSeconds);
		const outcome = await runDefinition({ ...common, steps: { assess: async () => say("hold") } });

		expectHeld(outcome, hookSeconds);
	});

	it.each(HOOKS)("of Hold because no function works, hook of %i s", async (hookSeconds) => {
		const outcome = await runDefinition({ ...worldOf(hookSeconds).common, steps: {} });

		expectHeld(outcome, hookSeconds);
	});
});

it("an execution that goes round and round hands over before its history is full", async () => {
	const { say, common } = worldOf(300);
	const next: Readonly<Record<string, Next>> = { assess: "cordon", cordon: "evict", evict: "watch", watch: "wait" };
	const step =
		(name: string) =>
		async (_: unknown, { step: { turns = 0 } }: { step: Partial<StepResult> }) => {
			const onward = next[name] ?? "hold";
			return say(mustHandOver(turns) && onward === "wait" ? "hand over" : onward, turns + 1);
		};
	const steps = { assess: step("assess"), cordon: step("cordon"), evict: step("evict"), watch: step("watch") };

	const { end, events } = await runDefinition({ ...common, untilSeconds: 1e6, steps });

	expect(end).toEqual({ status: "FAILED", error: "HandOver" });
	expect(events).toBeLessThan(LIMIT);
});
