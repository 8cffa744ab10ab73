import { describe, expect, it } from "@jest/globals";
import { functionArn, machineUnderTest, only, task } from "./machine-under-test.ts";

const known = { functions: { known: async () => ({}) }, integrations: { "arn:aws:states:::sns:publish": async () => ({}) } };

/** What loading says, one complaint a line. */
function complaints(definition: unknown): string[] {
	try {
		machineUnderTest(definition, known);
	} catch (fault) {
		return (fault as Error).message.split("\n").slice(1);
	}
	return [];
}

const pass = { Type: "Pass", End: true };

describe("a definition is refused, naming state and field, for", () => {
	it.each<[string, unknown, string[]]>([
		["an unknown field", only({ ...pass, Assign: {} }), ['- state "Only", field Assign: it is not implemented']],
		[
			"an unknown state type",
			only({ Type: "Parallel", Branches: [], End: true }),
			['- state "Only", field Type: only Task, Pass, Wait, Choice, Succeed, Fail and Map are implemented'],
		],
		[
			"JSONata",
			only({ ...pass, QueryLanguage: "JSONata" }),
			['- state "Only", field QueryLanguage: Invalid input: expected "JSONPath"'],
		],
		[
			"a path that is no path to one place",
			only({ ...pass, InputPath: "$.a[*]" }),
			[
				'- state "Only", field InputPath: cannot read path "$.a[*]" from "[*]" on: only .name, [\'name\'] and [0] are implemented',
			],
		],
		[
			"a part of the context object that is not there",
			only({ ...pass, Parameters: { "token.$": "$$.Task.Token" } }),
			['- state "Only", field Parameters: cannot read "$$.Task.Token": this part of the context object is not implemented'],
		],
		[
			"a result put into the context",
			only({ ...pass, ResultPath: "$$.a" }),
			['- state "Only", field ResultPath: cannot write to the context object: $$.a'],
		],
		[
			"an intrinsic function that is not there",
			only({ ...pass, Parameters: { "id.$": "States.UUID()" } }),
			[
				'- state "Only", field Parameters: cannot read "States.UUID()" from "States.UUID()" on: States.UUID is not an intrinsic function that is implemented',
			],
		],
		[
			"an intrinsic call with too few arguments",
			only({ ...pass, Parameters: { "sum.$": "States.MathAdd($.a)" } }),
			[
				'- state "Only", field Parameters: cannot read "States.MathAdd($.a)" from "States.MathAdd($.a)" on: States.MathAdd does not take 1 arguments',
			],
		],
		[
			"a template field that is neither path nor call",
			only({ ...pass, Parameters: { "a.$": 7 } }),
			['- state "Only", field Parameters: cannot fill "a.$" with 7: a path or an intrinsic function is expected'],
		],
		[
			"an unknown comparison",
			{
				StartAt: "Only",
				States: { Only: { Type: "Choice", Choices: [{ Variable: "$.a", Like: "b", Next: "End" }] }, End: { Type: "Succeed" } },
			},
			['- state "Only", field Choices.0: cannot compare by Like: it is not implemented'],
		],
		[
			"a comparison with a value of another type",
			{
				StartAt: "Only",
				States: {
					Only: { Type: "Choice", Choices: [{ Variable: "$.a", NumericEquals: "1", Next: "End" }] },
					End: { Type: "Succeed" },
				},
			},
			['- state "Only", field Choices.0: cannot compare by NumericEquals with "1": a numeric is expected'],
		],
		["a missing Next", only({ Type: "Pass" }), ['- state "Only", field Next or End: exactly one is needed']],
		["a Next that leads nowhere", only({ Type: "Pass", Next: "Gone" }), ['- state "Only", field Next: there is no state "Gone"']],
		[
			"a StartAt that leads nowhere",
			{ StartAt: "Gone", States: { Only: pass } },
			['- state "(the machine)", field StartAt: there is no state "Gone"', '- state "Only", field (itself): no state leads here'],
		],
		[
			"a state that is never reached",
			{ StartAt: "Only", States: { Only: pass, Lost: pass } },
			['- state "Lost", field (itself): no state leads here'],
		],
		[
			"a Task without a time-out",
			only({ Type: "Task", Resource: functionArn("known"), End: true }),
			['- state "Only", field TimeoutSeconds or TimeoutSecondsPath: exactly one is needed'],
		],
		[
			"a function that was not handed in",
			only(task("unknown")),
			[`- state "Only", field Resource: ${functionArn("unknown")} is neither a function nor an integration that was handed in`],
		],
		[
			"an integration that was not handed in",
			only({ ...task("known"), Resource: "arn:aws:states:::sqs:sendMessage" }),
			[
				'- state "Only", field Resource: arn:aws:states:::sqs:sendMessage is neither a function nor an integration that was handed in',
			],
		],
		[
			"random jitter",
			only(task("known", { End: true, Retry: [{ ErrorEquals: ["A"], JitterStrategy: "FULL" }] })),
			['- state "Only", field Retry.0.JitterStrategy: Invalid input: expected "NONE"'],
		],
		[
			"States.ALL beside other names",
			only(task("known", { End: true, Retry: [{ ErrorEquals: ["A", "States.ALL"] }] })),
			['- state "Only", field Retry: States.ALL must stand alone and last'],
		],
		["Catch on a Pass", only({ ...pass, Catch: [] }), ['- state "Only", field Catch: it is not implemented']],
		[
			"a heartbeat",
			only(task("known", { End: true, HeartbeatSeconds: 5 })),
			['- state "Only", field HeartbeatSeconds: it is not implemented'],
		],
		[
			"a Wait of no length",
			only({ Type: "Wait", End: true }),
			['- state "Only", field Seconds or SecondsPath or Timestamp or TimestampPath: exactly one is needed'],
		],
		[
			"a distributed Map",
			only({
				Type: "Map",
				End: true,
				ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "In", States: { In: pass } },
			}),
			['- state "Only", field ItemProcessor.ProcessorConfig.Mode: Invalid input: expected "INLINE"'],
		],
		[
			"something inside a Map",
			only({ Type: "Map", End: true, Iterator: { StartAt: "In", States: { In: { Type: "Pass" } } } }),
			['- state "In", field Next or End: exactly one is needed'],
		],
		[
			"a name that a state inside a Map has too",
			only({ Type: "Map", End: true, Iterator: { StartAt: "Only", States: { Only: pass } } }),
			['- state "Only", field (itself): another state has the same name'],
		],
		["a field of the machine", { ...only(pass), Extra: 1 }, ["- the machine, field Extra: it is not implemented"]],
	])("%s", (_, definition, expected) => {
		expect(complaints(definition)).toEqual(expected);
	});

	it("everything at once", () => {
		expect(complaints(only({ ...pass, InputPath: "a", Extra: 1 }))).toEqual([
			'- state "Only", field InputPath: cannot read path "a": it must begin with $',
			'- state "Only", field Extra: it is not implemented',
		]);
	});

	it("text that is not JSON", () => {
		expect(() => machineUnderTest("{")).toThrow("cannot load the definition: it is not JSON");
	});
});

it("a definition that uses only what is implemented loads, as a value and as JSON text", () => {
	const definition = only(task("known"));
	expect([complaints(definition), complaints(JSON.stringify(definition))]).toEqual([[], []]);
});
