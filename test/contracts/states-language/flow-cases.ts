import { type ComparisonCase, echo, only, script, task } from "./comparison-case.ts";

const caught = (errors: readonly string[], rest: object = {}) => ({
	StartAt: "Try",
	States: {
		Try: task({ Catch: [{ ErrorEquals: errors, Next: "Caught", ResultPath: "$.error" }], Next: "Fine", ...rest }),
		Fine: { Type: "Succeed" },
		Caught: { Type: "Pass", End: true },
	},
});
const retrying = (Retry: readonly object[]) => caught(["States.ALL"], { Retry });
const twoRetriers = [
	{ ErrorEquals: ["A", "B"], MaxAttempts: 2, IntervalSeconds: 1 },
	{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 },
];

const recoveries: readonly ComparisonCase[] = [
	{
		name: "a retry that succeeds",
		definition: retrying(twoRetriers),
		input: {},
		ends: "SUCCEEDED",
		tasks: script(["A", "B"], { done: true }),
	},
	{
		name: "retriers that are used up, then Catch",
		definition: retrying(twoRetriers),
		input: {},
		ends: "SUCCEEDED",
		tasks: script(["A", "C", "B", "A", "D"], 1),
	},
	{
		name: "MaxAttempts 0 never tries again",
		definition: retrying([{ ErrorEquals: ["A"], MaxAttempts: 0 }]),
		input: {},
		ends: "SUCCEEDED",
		tasks: script(["A"], 1),
	},
	{
		name: "three attempts without MaxAttempts",
		definition: retrying([{ ErrorEquals: ["A"] }]),
		input: {},
		ends: "SUCCEEDED",
		tasks: script(["A", "A", "A"], 1),
	},
	{ name: "a catch by name", definition: caught(["B", "A"]), input: { keep: 1 }, ends: "SUCCEEDED", tasks: script(["A"], 1) },
	{
		name: "a catch by States.TaskFailed",
		definition: caught(["States.TaskFailed"]),
		input: {},
		ends: "SUCCEEDED",
		tasks: script(["A"], 1),
	},
	{ name: "an error that nobody catches", definition: caught(["B"]), input: {}, ends: "A", tasks: script(["A"], 1) },
	{
		name: "a missing path is not caught",
		definition: caught(["States.ALL"], { Parameters: { "a.$": "$.gone" } }),
		input: {},
		ends: "States.Runtime",
		tasks: echo,
	},
];

const inner = {
	StartAt: "In",
	States: { In: task({ Next: "Then" }), Then: { Type: "Pass", Result: 1, ResultPath: "$.then", End: true } },
};
const map = (rest: object) => only({ Type: "Map", ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...inner }, ...rest });
const items = { list: [{ id: 1 }, { id: 2 }, { id: 3 }], shared: "s" };

const maps: readonly ComparisonCase[] = [
	{
		name: "a Map over ItemsPath",
		definition: map({ ItemsPath: "$.list", MaxConcurrency: 1 }),
		input: items,
		ends: "SUCCEEDED",
		tasks: echo,
	},
	{ name: "a Map over its input", definition: map({}), input: [1, "b", null], ends: "SUCCEEDED", tasks: echo },
	{ name: "a Map over nothing", definition: map({}), input: [], ends: "SUCCEEDED", tasks: echo },
	{
		name: "a Map with ItemSelector",
		definition: map({
			ItemsPath: "$.list",
			ItemSelector: { "index.$": "$$.Map.Item.Index", "id.$": "$$.Map.Item.Value.id", "shared.$": "$.shared", label: "x" },
			ResultPath: "$.results",
		}),
		input: items,
		ends: "SUCCEEDED",
		tasks: echo,
	},
	{
		name: "a Map in its old spelling",
		definition: only({
			Type: "Map",
			Iterator: inner,
			ItemsPath: "$.list",
			Parameters: { "item.$": "$$.Map.Item.Value", "shared.$": "$.shared" },
		}),
		input: items,
		ends: "SUCCEEDED",
		tasks: echo,
	},
	{
		name: "a Map with ResultSelector",
		definition: map({ ItemsPath: "$.list", ResultSelector: { "first.$": "$[0].then" } }),
		input: items,
		ends: "SUCCEEDED",
		tasks: echo,
	},
	{
		name: "a Map over what is no array",
		definition: map({ ItemsPath: "$.shared" }),
		input: items,
		ends: "States.Runtime",
		tasks: echo,
	},
	{
		name: "a Map whose item fails, caught",
		definition: {
			StartAt: "Each",
			States: {
				Each: {
					Type: "Map",
					ItemProcessor: inner,
					MaxConcurrency: 1,
					Catch: [{ ErrorEquals: ["A"], Next: "Caught" }],
					End: true,
				},
				Caught: { Type: "Pass", End: true },
			},
		},
		input: [1],
		ends: "SUCCEEDED",
		tasks: script(["A"], {}),
	},
	{
		name: "a Map that is tried again",
		definition: map({ Retry: [{ ErrorEquals: ["A"], MaxAttempts: 1 }] }),
		input: [1],
		ends: "SUCCEEDED",
		tasks: script(["A"], {}),
	},
];

const loop = {
	StartAt: "Count",
	States: {
		Count: { Type: "Pass", Parameters: { "n.$": "States.MathAdd($.n, 1)", "until.$": "$.until" }, Next: "Pause" },
		Pause: { Type: "Wait", SecondsPath: "$.n", Next: "Enough" },
		Enough: { Type: "Choice", Choices: [{ Variable: "$.n", NumericLessThanPath: "$.until", Next: "Count" }], Default: "Done" },
		Done: { Type: "Succeed", InputPath: "$.n" },
	},
};

const publish = "arn:aws:states:::sns:publish";
const others: readonly ComparisonCase[] = [
	{ name: "a loop with waits", definition: loop, input: { n: 0, until: 20 }, ends: "SUCCEEDED" },
	{
		name: "a service integration",
		definition: only({
			Type: "Task",
			Resource: publish,
			TimeoutSeconds: 9,
			Parameters: { TopicArn: "t", "Message.$": "States.JsonToString($)" },
		}),
		input: { a: 1 },
		ends: "SUCCEEDED",
		tasks: () => ({ [publish]: async (parameters) => ({ MessageId: "m", parameters }) }),
	},
	{
		name: "a Fail with an error",
		definition: { StartAt: "Stop", States: { Stop: { Type: "Fail", Error: "Lost", Cause: "all" } } },
		input: {},
		ends: "Lost",
	},
	{
		name: "a Fail with an error from the input",
		definition: { StartAt: "Stop", States: { Stop: { Type: "Fail", ErrorPath: "$.e", CausePath: "$.c" } } },
		input: { e: "Lost", c: "all" },
		ends: "Lost",
	},
	...["Seconds", "Timestamp"].map((field) => ({
		name: `a Wait by ${field}`,
		definition: only({ Type: "Wait", [field]: field === "Seconds" ? 3 : "2026-01-01T00:00:09Z", OutputPath: "$.a" }),
		input: { a: 1 },
		ends: "SUCCEEDED",
	})),
	{
		name: "a Wait by TimestampPath",
		definition: only({ Type: "Wait", TimestampPath: "$.at" }),
		input: { at: "2026-01-01T00:00:09Z" },
		ends: "SUCCEEDED",
	},
];

/** Retry, Catch, Map, loops, waits and ends. */
export const flowCases = [...recoveries, ...maps, ...others];
