import { describe, expect, it } from "@jest/globals";
import { machineUnderTest, only, outcomeOf, task } from "./machine-under-test.ts";

/** The history of one execution. */
async function historyOf(definition: unknown, input: unknown = {}): Promise<readonly string[]> {
	const errors = ["A"];
	const f = async () => {
		const name = errors.shift();
		if (name) throw Object.assign(new Error("no luck"), { name });
	};
	const { machine, run } = machineUnderTest(definition, {
		functions: { f },
		integrations: { "arn:aws:states:::sns:publish": async () => ({}) },
	});
	await run(input);
	return machine.history("one");
}

describe("history events are those of Step Functions:", () => {
	it("a function: five, and three for each further try", async () => {
		expect(await historyOf(only(task("f", { End: true, Retry: [{ ErrorEquals: ["A"] }] })))).toEqual([
			"ExecutionStarted",
			"TaskStateEntered",
			"LambdaFunctionScheduled",
			"LambdaFunctionStarted",
			"LambdaFunctionFailed",
			"LambdaFunctionScheduled",
			"LambdaFunctionStarted",
			"LambdaFunctionSucceeded",
			"TaskStateExited",
			"ExecutionSucceeded",
		]);
	});

	it("a service integration: five", async () => {
		expect(await historyOf(only({ ...task("f"), Resource: "arn:aws:states:::sns:publish" }))).toEqual([
			"ExecutionStarted",
			"TaskStateEntered",
			"TaskScheduled",
			"TaskStarted",
			"TaskSucceeded",
			"TaskStateExited",
			"ExecutionSucceeded",
		]);
	});

	it("waits, choices and passes: two; a Fail: one", async () => {
		const definition = {
			StartAt: "W",
			States: {
				W: { Type: "Wait", Seconds: 1, Next: "P" },
				P: { Type: "Pass", Next: "C" },
				C: { Type: "Choice", Choices: [{ Variable: "$.a", IsPresent: true, Next: "S" }], Default: "F" },
				S: { Type: "Succeed" },
				F: { Type: "Fail" },
			},
		};
		const before = [
			"ExecutionStarted",
			"WaitStateEntered",
			"WaitStateExited",
			"PassStateEntered",
			"PassStateExited",
			"ChoiceStateEntered",
			"ChoiceStateExited",
		];
		expect(await historyOf(definition)).toEqual([...before, "FailStateEntered", "ExecutionFailed"]);
		expect(await historyOf(definition, { a: 1 })).toEqual([
			...before,
			"SucceedStateEntered",
			"SucceedStateExited",
			"ExecutionSucceeded",
		]);
	});

	it("a Map: four, and two for each item beside its states", async () => {
		const inner = { StartAt: "In", States: { In: { Type: "Pass", End: true } } };
		const item = ["MapIterationStarted", "PassStateEntered", "PassStateExited", "MapIterationSucceeded"];
		expect(await historyOf(only({ Type: "Map", Iterator: inner, MaxConcurrency: 1, End: true }), [1, 2])).toEqual([
			"ExecutionStarted",
			"MapStateEntered",
			"MapStateStarted",
			...item,
			...item,
			"MapStateSucceeded",
			"MapStateExited",
			"ExecutionSucceeded",
		]);
	});
});

it("25,000 events end an execution, whatever Catch says", async () => {
	const definition = {
		StartAt: "Look",
		States: {
			Look: task("f", { Next: "Pause", Catch: [{ ErrorEquals: ["States.ALL"], Next: "Pause" }] }),
			Pause: { Type: "Wait", Seconds: 15, Next: "More" },
			More: { Type: "Choice", Choices: [{ Variable: "$", IsNull: true, Next: "Look" }], Default: "End" },
			End: { Type: "Succeed" },
		},
	};
	const { machine, run, clock } = machineUnderTest(definition, { functions: { f: async () => null } });
	const began = clock.now();
	expect(outcomeOf(await run())).toEqual({
		status: "FAILED",
		output: null,
		error: "States.Runtime",
		cause: "The execution reached the maximum number of history events (25000).",
	});
	expect([machine.history("one").length, machine.history("one").at(-1)]).toEqual([25_000, "ExecutionFailed"]);
	expect((clock.now() - began) / 3_600_000).toBeCloseTo(11.57, 2);
});
