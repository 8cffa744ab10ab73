import { describe, expect, it } from "@jest/globals";
import { ClusterUnreachable } from "../../../src/faults.ts";
import { VirtualClock } from "../../../src/local/clock/virtual-clock.ts";
import { machineUnderTest, only, outcomeOf, START, task } from "./machine-under-test.ts";

const failing = (name: string) => async () => {
	throw Object.assign(new Error("no luck"), { name });
};
const caught = { Type: "Pass", End: true };
const catching = (errors: string[], rest: object = {}) => ({
	StartAt: "Try",
	States: {
		Try: task("f", { Next: "Fine", Catch: [{ ErrorEquals: errors, Next: "Caught" }], ...rest }),
		Fine: { Type: "Succeed" },
		Caught: caught,
	},
});

describe("a function", () => {
	it("gets its input and gives its result as JSON", async () => {
		const got: unknown[] = [];
		const f = async (event: unknown) => {
			got.push(event);
			return { at: new Date(0), gone: undefined };
		};
		const { run } = machineUnderTest(only(task("f", { Parameters: { "a.$": "$.b", c: 1 }, ResultPath: "$.r", End: true })), {
			functions: { f },
		});
		expect(outcomeOf(await run({ b: 2 })).output).toEqual({ b: 2, r: { at: "1970-01-01T00:00:00.000Z" } });
		expect(got).toEqual([{ a: 2, c: 1 }]);
	});

	it("that answers nothing answers null", async () => {
		const { run } = machineUnderTest(only(task("f")), { functions: { f: async () => undefined } });
		expect(outcomeOf(await run())).toEqual({ status: "SUCCEEDED", output: null, error: null, cause: null });
	});

	it("fails by the error's name, with Lambda's error document as the Cause", async () => {
		const f = async () => {
			throw new ClusterUnreachable("reach the cluster: no route");
		};
		const { run } = machineUnderTest(only(task("f")), { functions: { f } });
		const { error, cause } = await run();
		expect(error).toBe("ClusterUnreachable");
		expect(JSON.parse(cause ?? "")).toEqual({
			errorType: "ClusterUnreachable",
			errorMessage: "reach the cluster: no route",
			trace: expect.arrayContaining(["ClusterUnreachable: reach the cluster: no route"]),
		});
	});

	it("a service integration fails by the error's name, with its message as the Cause", async () => {
		const resource = "arn:aws:states:::aws-sdk:autoscaling:recordLifecycleActionHeartbeat";
		const integrations = { [resource]: failing("AutoScaling.AutoScalingException") };
		const { run } = machineUnderTest(only({ ...task("f"), Resource: resource }), { integrations });
		expect(outcomeOf(await run())).toMatchObject({ error: "AutoScaling.AutoScalingException", cause: "no luck" });
	});
});

describe("retry", () => {
	it("waits longer every time, up to MaxDelaySeconds, and counts the tries", async () => {
		const Retry = [{ ErrorEquals: ["Busy"], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 20 }];
		const counts: unknown[] = [];
		const f = async (event: unknown) => {
			counts.push(event);
			throw Object.assign(new Error("no luck"), { name: "Busy" });
		};
		const Parameters = { "tries.$": "$$.State.RetryCount" };
		const { run, events, trace } = machineUnderTest(only(task("f", { End: true, Retry, Parameters })), { functions: { f } });
		expect((await run()).status).toBe("FAILED");
		expect(counts).toEqual([{ tries: 0 }, { tries: 1 }, { tries: 2 }, { tries: 3 }, { tries: 4 }]);
		expect(events.filter(({ type }) => type === "retried")).toEqual([
			{ at: START, execution: "one", state: "Only", type: "retried", error: "Busy", attempt: 1, inSeconds: 2 },
			{ at: START + 2000, execution: "one", state: "Only", type: "retried", error: "Busy", attempt: 2, inSeconds: 6 },
			{ at: START + 8000, execution: "one", state: "Only", type: "retried", error: "Busy", attempt: 3, inSeconds: 18 },
			{ at: START + 26_000, execution: "one", state: "Only", type: "retried", error: "Busy", attempt: 4, inSeconds: 20 },
		]);
		expect(trace().at(-1)).toBe("46 failed Only");
	});

	it("counts each retrier for itself and begins anew at the next visit; a used-up retrier leaves it to Catch", async () => {
		const Retry = [
			{ ErrorEquals: ["A"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 },
			{ ErrorEquals: ["States.ALL"], IntervalSeconds: 10, MaxAttempts: 1 },
		];
		const script = ["A", "B", "A", "A", "A"];
		const f = () => failing(script.shift() ?? "End")();
		const { run, trace } = machineUnderTest(catching(["States.ALL"], { Retry }), { functions: { f } });
		expect(outcomeOf(await run()).output).toMatchObject({ Error: "A" });
		expect(trace().filter((line) => line.includes("failed"))).toEqual([
			"0 failed Try",
			"1 failed Try",
			"11 failed Try",
			"12 failed Try",
		]);
	});
});

describe("catch", () => {
	it.each([
		["Exact", ["Exact"], true],
		["Other", ["Exact"], false],
		["Other", ["States.ALL"], true],
		["Other", ["States.TaskFailed"], true],
		["States.Timeout", ["States.TaskFailed"], false],
		["States.Timeout", ["States.Timeout"], true],
		["States.Timeout", ["States.ALL"], true],
	])("%s by %j: %s", async (error, names, isCaught) => {
		const f = error === "States.Timeout" ? () => clock.sleep(90_000) : failing(error);
		const clock = new VirtualClock({ start: START });
		const { run } = machineUnderTest(catching(names), { functions: { f }, clock });
		expect((await run()).status).toBe(isCaught ? "SUCCEEDED" : "FAILED");
	});

	it("never sees States.Runtime", async () => {
		const definition = catching(["States.ALL"], { Parameters: { "a.$": "$.missing" } });
		const { run } = machineUnderTest(definition, { functions: { f: async () => 1 } });
		expect(outcomeOf(await run({ b: 1 }))).toEqual({
			status: "FAILED",
			output: null,
			error: "States.Runtime",
			cause:
				"An error occurred while executing the state 'Try' (entered at the event id #2). The JSONPath '$.missing' specified for the field 'a.$' could not be found in the input '{\"b\":1}'",
		});
	});

	it("puts Error and Cause where ResultPath says, beside the state's own input", async () => {
		const Catch = [{ ErrorEquals: ["States.ALL"], Next: "Caught", ResultPath: "$.trouble.last" }];
		const f = () => Promise.reject("odd");
		const { run } = machineUnderTest(catching([], { Catch, InputPath: "$.inner" }), { functions: { f } });
		expect(outcomeOf(await run({ inner: 1, trouble: { first: 2 } })).output).toEqual({
			inner: 1,
			trouble: { first: 2, last: { Error: "string", Cause: '{"errorType":"string","errorMessage":"odd","trace":[]}' } },
		});
	});
});

describe("a time-out", () => {
	it("gives the invocation up, which goes on beside the next try; its late result is ignored", async () => {
		const done: string[] = [];
		let calls = 0;
		const clock = new VirtualClock({ start: START });
		const f = async () => {
			const call = ++calls;
			await clock.sleep(call === 1 ? 75_000 : 30_000);
			done.push(`${(clock.now() - START) / 1000} call ${call}`);
			return call;
		};
		const Retry = [{ ErrorEquals: ["States.Timeout"], IntervalSeconds: 5, MaxAttempts: 1 }];
		const { run, trace } = machineUnderTest(only(task("f", { End: true, Retry })), { functions: { f }, clock });
		expect(outcomeOf(await run()).output).toBe(2);
		expect(done).toEqual(["75 call 1", "95 call 2"]);
		expect(trace()).toEqual(["0 entered Only", "60 failed Only", "60 retried Only", "75 late Only", "95 exited Only"]);
	});

	it("comes from TimeoutSecondsPath too", async () => {
		const clock = new VirtualClock({ start: START });
		const state = { ...task("f", { TimeoutSecondsPath: "$.limit", End: true }), TimeoutSeconds: undefined };
		const { run } = machineUnderTest(JSON.stringify(only(state)), { functions: { f: () => clock.sleep(90_000) }, clock });
		expect(await run({ limit: 7 })).toMatchObject({ error: "States.Timeout", stopDate: START + 7000 });
	});

	it("of the function itself ends the invocation as Lambda reports it", async () => {
		const clock = new VirtualClock({ start: START });
		const { run } = machineUnderTest(catching(["Sandbox.Timedout"]), {
			functions: { f: () => clock.sleep(90_000) },
			functionSeconds: { f: 30 },
			clock,
		});
		expect(outcomeOf(await run()).output).toEqual({
			Error: "Sandbox.Timedout",
			Cause: '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 30.00 seconds"}',
		});
		expect(clock.now()).toBe(START + 30_000);
	});
});

describe("the limit of 256 KiB", () => {
	const fits = "x".repeat(262_142);
	const exceeds = `${fits}x`;

	it.each([
		[
			"a task's result",
			catching(["States.ALL"]),
			{ small: 1 },
			"The state/task 'arn:aws:lambda:eu-west-1:111122223333:function:f:7' returned a result that",
		],
		[
			"a task's input",
			catching(["States.ALL"], { Parameters: { "twice.$": "States.Array($, $)" } }),
			"x".repeat(140_000),
			"The state/task 'arn:aws:lambda:eu-west-1:111122223333:function:f:7' was given an input that",
		],
		[
			"a state's output",
			only({ Type: "Pass", Result: "y".repeat(140_000), ResultPath: "$.more", End: true }),
			{ a: "x".repeat(140_000) },
			"The output of the state 'Only'",
		],
	])("holds for %s and is not caught by States.ALL", async (_, definition, input, what) => {
		const { run } = machineUnderTest(definition, { functions: { f: async () => exceeds } });
		expect(outcomeOf(await run(input))).toEqual({
			status: "FAILED",
			output: null,
			error: "States.DataLimitExceeded",
			cause: `${what} has a size exceeding the maximum number of bytes service limit (262144).`,
		});
	});

	it("lets exactly 262144 bytes pass, and is caught by its name", async () => {
		const whole = machineUnderTest(only(task("f")), { functions: { f: async () => fits } });
		expect((await whole.run()).status).toBe("SUCCEEDED");
		const named = machineUnderTest(catching(["States.DataLimitExceeded"]), { functions: { f: async () => exceeds } });
		expect((await named.run()).status).toBe("SUCCEEDED");
	});

	it("counts bytes, not characters", async () => {
		const { run } = machineUnderTest(only(task("f")), { functions: { f: async () => "ü".repeat(140_000) } });
		expect((await run()).error).toBe("States.DataLimitExceeded");
	});
});
