import { describe, expect, it } from "@jest/globals";
import { only } from "./comparison-case.ts";
import { compareOnOracle } from "./oracle.ts";

const pass = (state: object) => only({ Type: "Pass", ...state });
const choose = (rule: object) => ({
	StartAt: "Choose",
	States: {
		Choose: { Type: "Choice", Choices: [{ ...rule, Next: "Yes" }], Default: "No" },
		Yes: { Type: "Succeed" },
		No: { Type: "Succeed" },
	},
});
const inner = { StartAt: "In", States: { In: { Type: "Pass", InputPath: "$$.Map.Item.Index", End: true } } };

const succeeded = (output: unknown, visited: string[] = ["Only"]) => ({ status: "SUCCEEDED", output, error: null, visited });
const failed = (error: string, visited: string[] = ["Only"]) => ({ status: "FAILED", output: null, error, visited });

/**
 * Where the oracle is not what AWS does. Ours follows AWS; when one of these fails, the oracle has changed.
 * Not shown here: its time-outs, retries and waits run on real timers, a machine TimeoutSeconds over 24.8 days ends it at
 * once, a Task without TimeoutSeconds ends after 60 s, it knows no 256 KiB and no history limit, its Cause is the plain message.
 */
describe("aws-local-stepfunctions differs from AWS, and we do not:", () => {
	it.each([
		[
			"ResultPath $ writes a field of that name",
			pass({ Result: 1, ResultPath: "$" }),
			{ a: 1 },
			succeeded(1),
			succeeded({ a: 1, $: 1 }),
		],
		["a Result that is false is ignored", pass({ Result: false }), { a: 1 }, succeeded(false), succeeded({ a: 1 })],
		[
			"$$.State is missing",
			pass({ Parameters: { "s.$": "$$.State.Name" } }),
			{},
			succeeded({ s: "Only" }),
			failed("States.Runtime"),
		],
		["a path goes on into a string", pass({ InputPath: "$.a.length" }), { a: "four" }, failed("States.Runtime"), succeeded(4)],
		[
			"JsonToString does not escape quotes in a name",
			pass({ Parameters: { "a.$": "States.JsonToString($)" } }),
			{ 'it"s': 1 },
			succeeded({ a: '{"it\\"s":1}' }),
			succeeded({ a: '{"it"s":1}' }),
		],
		...["IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp"].map(
			(test) =>
				[
					`${test}: false never matches`,
					choose({ Variable: test === "IsPresent" ? "$.gone" : "$.list", [test]: false }),
					{ list: [] },
					succeeded({ list: [] }, ["Choose", "Yes"]),
					succeeded({ list: [] }, ["Choose", "No"]),
				] as const,
		),
		[
			"$$.Map is missing in the states inside a Map",
			only({ Type: "Map", ItemProcessor: inner }),
			["a"],
			succeeded([0], ["Only", "In[0]"]),
			failed("States.Runtime", ["Only", "In[0]"]),
		],
	])("%s", async (_, definition, input, ours, oracle) => {
		expect(await compareOnOracle(definition, input, () => ({}))).toEqual({ ours, oracle });
	});

	it("JSONata is ignored by the oracle and refused by us", async () => {
		const definition = { QueryLanguage: "JSONata", ...pass({ Output: "{% 1 + 1 %}" }) };
		await expect(compareOnOracle(definition, {}, () => ({}))).rejects.toThrow(
			'the machine, field QueryLanguage: Invalid input: expected "JSONPath"',
		);
	});
});
