import { describe, expect, it } from "@jest/globals";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { machineUnderTest, only, outcomeOf, START, task } from "./machine-under-test.ts";

const map = (rest: object = {}) => ({
	Type: "Map",
	ItemProcessor: { StartAt: "In", States: { In: task("f") } },
	End: true,
	...rest,
});

/** A function that takes ten seconds and keeps how many of its calls ran at the same time. */
function tenSeconds() {
	const clock = new VirtualClock({ start: START });
	const seen = { running: 0, most: 0 };
	const f = async (item: unknown) => {
		seen.most = Math.max(seen.most, ++seen.running);
		await clock.sleep(10_000);
		seen.running--;
		return item;
	};
	return { clock, seen, around: { clock, functions: { f } } };
}

describe("a Map", () => {
	it.each([
		[0, 3, 3, 10],
		[2, 3, 2, 20],
		[1, 3, 1, 30],
		[0, 100, 40, 30],
	])("with MaxConcurrency %d works on %d items, %d at a time", async (MaxConcurrency, count, most, seconds) => {
		const { around, clock, seen } = tenSeconds();
		const { run } = machineUnderTest(only(map({ MaxConcurrency })), around);
		const items = Array.from({ length: count }, (_, i) => i);
		expect(outcomeOf(await run(items)).output).toEqual(items);
		expect([seen.most, (clock.now() - START) / 1000]).toEqual([most, seconds]);
	});

	it("fails with its first failing item, which ends the others; the items' states are told by index", async () => {
		const clock = new VirtualClock({ start: START });
		const f = async (item: unknown) => {
			await clock.sleep(Number(item) * 1000);
			if (item === 2) throw Object.assign(new Error("two"), { name: "Two" });
			return item;
		};
		const { run, machine, events } = machineUnderTest(only(map()), { clock, functions: { f } });
		const ended = await run([3, 1, 2]);
		expect(ended).toMatchObject({ status: "FAILED", error: "Two", stopDate: START + 2000 });
		expect(events.map(({ type, state, item }) => `${type} ${state} ${item}`)).toEqual([
			"entered Only undefined",
			"entered In 0",
			"entered In 1",
			"entered In 2",
			"exited In 1",
			"failed In 2",
			"failed Only undefined",
		]);
		expect(machine.history("one").slice(-5)).toEqual([
			"LambdaFunctionFailed",
			"MapIterationFailed",
			"MapIterationAborted",
			"MapStateFailed",
			"ExecutionFailed",
		]);
	});

	it("gives its items' states $$.Map, and $$.Execution of the whole", async () => {
		const Parameters = { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "name.$": "$$.Execution.Name", "in.$": "$" };
		const inner = { StartAt: "In", States: { In: { Type: "Pass", Parameters, End: true } } };
		const { run } = machineUnderTest(only(map({ ItemProcessor: inner, ItemSelector: { "s.$": "$.s" }, ItemsPath: "$.list" })));
		expect(outcomeOf(await run({ list: ["a"], s: 1 })).output).toEqual([{ i: 0, v: "a", name: "one", in: { s: 1 } }]);
	});
});
