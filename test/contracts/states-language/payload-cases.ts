import { type ComparisonCase, echo, only, task } from "./comparison-case.ts";

const input = {
	count: 4,
	text: "seven",
	flag: false,
	nothing: null,
	deep: { list: [1, 2, { x: "y" }], "odd key": 1 },
	items: [{ a: [10, 20] }, { a: [30] }],
	record: { Item: { hooks: { L: [{ M: { token: { S: "t-1" } } }] } } },
	json: '{"a":[1,2]}',
};

const pass = (state: object) => only({ Type: "Pass", ...state });
const filled = (value: string) => pass({ Parameters: { "value.$": value } });
const ok = (name: string, definition: unknown): ComparisonCase => ({ name, definition, input, ends: "SUCCEEDED" });

const shapes: readonly ComparisonCase[] = [
	ok("a Pass hands its input on", pass({})),
	ok("Result replaces the input", pass({ Result: { a: [1] } })),
	ok("Result goes where ResultPath says", pass({ Result: { a: 1 }, ResultPath: "$.deep.new.er" })),
	ok("ResultPath replaces what is there", pass({ Result: 1, ResultPath: "$.deep" })),
	ok("ResultPath null keeps the input", pass({ Result: 1, ResultPath: null })),
	ok("ResultPath puts into the raw input, not below InputPath", pass({ InputPath: "$.deep", Result: 1, ResultPath: "$.r" })),
	ok("InputPath selects", pass({ InputPath: "$.deep.list[2]" })),
	ok("InputPath null gives an empty object", pass({ InputPath: null })),
	ok("OutputPath selects from the combined output", pass({ Result: { x: 5 }, ResultPath: "$.r", OutputPath: "$.r.x" })),
	ok("OutputPath null gives an empty object", pass({ OutputPath: null })),
	ok("InputPath from the context", pass({ InputPath: "$$.Execution.Name" })),
	ok(
		"Parameters are filled at every depth",
		pass({ Parameters: { a: { "b.$": "$.count", c: [{ "d.$": "$.text" }, 1, "$.text"] }, "e.$": "$" } }),
	),
	ok("Parameters read below InputPath", pass({ InputPath: "$.deep", Parameters: { "a.$": "$.list" } })),
	ok("Parameters of a plain value", pass({ Parameters: { a: null, b: false, c: 0, d: "" } })),
	ok("a selected null is null", pass({ InputPath: "$.nothing" })),
];

const paths: readonly ComparisonCase[] = [
	"$.items[1].a[0]",
	"$.record.Item.hooks.L",
	"$.record.Item.hooks.L[0].M.token.S",
	"$.deep['odd key']",
	"$['deep'].list[0]",
	"$.nothing",
	"$.flag",
	"$$.Execution.Name",
	"$$.Execution.Id",
	"$$.Execution.Input.count",
].map((path) => ok(`the path ${path}`, filled(path)));

const intrinsics: readonly ComparisonCase[] = [
	"States.MathAdd($.count, -1)",
	"States.MathAdd(States.ArrayLength($.deep.list), $.count)",
	"States.StringToJson($.json)",
	"States.JsonToString($.deep)",
	"States.Format('{} of {}: {}', $.count, $.text, 7)",
	"States.Format('it\\'s {}', $.flag)",
	"States.Format('nothing to fill')",
	"States.Format('{}', $$.Execution.Name)",
	"States.Array($.count, 'b', null, true, $.deep)",
	"States.Array()",
	"States.ArrayLength($.items)",
	"States.ArrayGetItem($.deep.list, 1)",
	"States.ArrayContains($.deep.list, 2)",
	"States.ArrayContains($.deep.list, 'two')",
	"States.ArrayGetItem(States.StringToJson(States.Format('[{},{}]', 1, $.count)), 1)",
].map((call) => ok(`the call ${call}`, filled(call)));

const missing: readonly ComparisonCase[] = [
	{ name: "a missing InputPath", definition: pass({ InputPath: "$.gone" }), input, ends: "States.Runtime" },
	{ name: "a missing OutputPath", definition: pass({ OutputPath: "$.gone.too" }), input, ends: "States.Runtime" },
	{ name: "a missing path in Parameters", definition: filled("$.deep.gone"), input, ends: "States.Runtime" },
];

const taskResults: readonly ComparisonCase[] = [
	{
		name: "a Task: InputPath, Parameters, ResultSelector, ResultPath, OutputPath, in this order",
		definition: only(
			task({
				InputPath: "$.deep",
				Parameters: { "first.$": "$.list[0]", "name.$": "$$.Execution.Name" },
				ResultSelector: { "picked.$": "$.got.first", "sum.$": "States.MathAdd($.got.first, 1)", "name.$": "$.got.name" },
				ResultPath: "$.result",
				OutputPath: "$.result",
			}),
		),
		input,
		ends: "SUCCEEDED",
		tasks: echo,
	},
	{
		name: "a Task whose result is thrown away",
		definition: only(task({ ResultPath: null })),
		input,
		ends: "SUCCEEDED",
		tasks: echo,
	},
];

/** Paths, templates, intrinsic functions and the flow of payloads. */
export const payloadCases = [...shapes, ...paths, ...intrinsics, ...missing, ...taskResults];
