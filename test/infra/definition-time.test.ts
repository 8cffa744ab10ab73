import { describe, expect, it } from "@jest/globals";
import { type Definition, synthesiseDefinition } from "../../infra/synthesised-definition.ts";
import { functionSeconds } from "../../infra/time-outs.ts";
import { paceOf } from "../../src/domain/pace.ts";
import { longestGap } from "./definition-walk.ts";

const { definition } = synthesiseDefinition();
const hook = (timeoutSeconds: number) => ({ group: "nodes", hook: "evacuator", token: "t", timeoutSeconds, limitAt: 0 });
const gapFor = (hookSeconds: number, walked: Definition = definition) =>
	longestGap(walked, paceOf({ hooks: [hook(hookSeconds)] }));

/** The definition with one state changed. */
const changed = (name: string, change: Readonly<Record<string, unknown>>): Definition => ({
	...definition,
	States: { ...definition.States, [name]: { ...definition.States[name], ...change } },
});

describe("no way between two heartbeats is longer than half the time-out of a hook", () => {
	it.each([300, 600, 1_728, 3_600, 7_200])("of %i s", (hookSeconds) => {
		expect(gapFor(hookSeconds).seconds).toBeLessThanOrEqual(hookSeconds / 2);
	});
});

describe("the walk through the definition", () => {
	it("finds the way that takes longest, every repetition and pause counted", () => {
		expect(gapFor(300)).toEqual({
			seconds: 149,
			path: [
				"Heartbeat in Hold",
				"Hold on?",
				"Try again",
				"Assess",
				"After Assess",
				"Tell after Assess",
				"Told, after Assess",
				"Wait",
				"Read the hooks before Assess",
				"Is there a record before Assess?",
				"Heartbeat before Assess",
			],
		});
	});

	it.each(["Assess", "Cordon", "Admit", "Evict", "Release", "Restore"])("notices when the time-out of %s is doubled", (name) => {
		const TimeoutSeconds = 2 * Number(definition.States[name]?.TimeoutSeconds);

		expect(gapFor(300, changed(name, { TimeoutSeconds })).seconds).toBeGreaterThan(150);
	});

	it.each(["Read the hooks before Assess", "Tell after Assess"])("notices a second more for %s", (name) => {
		expect(gapFor(300, changed(name, { TimeoutSeconds: 4 })).seconds).toBeGreaterThan(150);
	});

	it("notices one more repetition of Assess", () => {
		const Retry = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 1, MaxAttempts: 2 }];

		expect(gapFor(300, changed("Assess", { Retry })).seconds).toBeGreaterThan(150);
	});

	it("refuses a loop that has no heartbeat", () => {
		const silent = changed("Heartbeat in Hold", { Type: "Pass", ItemProcessor: undefined });

		expect(() => gapFor(300, silent)).toThrow("a loop without a heartbeat: ");
	});
});

describe("every Task", () => {
	const tasks = (states: Definition["States"]): [string, Readonly<Record<string, unknown>>][] =>
		Object.entries(states).flatMap(([name, state]) => [
			...(state.Type === "Task" ? [[name, state] as [string, typeof state]] : []),
			...tasks((state.ItemProcessor as Definition | undefined)?.States ?? {}),
		]);

	it("has a time-out, is repeated once at most, and has a way on when it fails", () => {
		const careless = tasks(definition.States).filter(([, { TimeoutSeconds, TimeoutSecondsPath, Retry, Catch }]) => {
			const retriers = Retry as { MaxAttempts: number }[];
			const catchers = Catch as { ErrorEquals: string[] }[];
			const repeats = retriers.reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 0);
			return (
				(TimeoutSeconds ?? TimeoutSecondsPath) === undefined || repeats !== 1 || catchers.at(-1)?.ErrorEquals[0] !== "States.ALL"
			);
		});

		expect(careless.map(([name]) => name)).toEqual([]);
	});

	it("gives a function as long as Lambda gives it; Watch less, as the step before says", () => {
		const { functionOf } = synthesiseDefinition();
		const seconds = tasks(definition.States).flatMap(([, { Resource, TimeoutSeconds, TimeoutSecondsPath }]) => {
			const name = functionOf(String(Resource));
			return name ? [[name, TimeoutSeconds ?? TimeoutSecondsPath]] : [];
		});
		const { intake, sweep, ...steps } = functionSeconds;

		expect(Object.fromEntries(seconds)).toEqual({ ...steps, watch: "$.step.watchTimeoutSeconds" });
		expect(paceOf({ hooks: [hook(7_200)] }).watchTimeoutSeconds).toBeLessThan(functionSeconds.watch);
	});
});

it("the definition has no time-out of its own, and is made in under two seconds without any bundle", () => {
	const began = performance.now();

	const again = synthesiseDefinition();

	expect(performance.now() - began).toBeLessThan(2_000);
	expect(again.definition).toEqual(definition);
	expect(Object.keys(definition).sort()).toEqual(["Comment", "StartAt", "States"]);
});
