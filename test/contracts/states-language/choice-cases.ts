import type { ComparisonCase } from "./comparison-case.ts";

const input = {
	n: 5,
	m: 5,
	big: 9,
	s: "beta",
	t: "beta",
	yes: true,
	no: false,
	nothing: null,
	early: "2026-01-01T00:00:00Z",
	late: "2026-01-02T00:00:00.500+01:00",
	file: "node-7.log*",
};

const choose = (rule: object) => ({
	StartAt: "Choose",
	States: {
		Choose: { Type: "Choice", Choices: [{ ...rule, Next: "Matched" }], Default: "Otherwise" },
		Matched: { Type: "Pass", Result: "matched", End: true },
		Otherwise: { Type: "Succeed" },
	},
});

const tests: readonly object[] = [
	...["Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].flatMap((relation) => [
		{ Variable: "$.n", [`Numeric${relation}`]: 5 },
		{ Variable: "$.n", [`Numeric${relation}`]: 6 },
		{ Variable: "$.n", [`Numeric${relation}Path`]: "$.big" },
		{ Variable: "$.big", [`Numeric${relation}Path`]: "$.m" },
		{ Variable: "$.s", [`Numeric${relation}`]: 5 },
		{ Variable: "$.s", [`String${relation}`]: "beta" },
		{ Variable: "$.s", [`String${relation}`]: "alpha" },
		{ Variable: "$.s", [`String${relation}Path`]: "$.t" },
		{ Variable: "$.early", [`Timestamp${relation}`]: "2026-01-01T01:00:00+01:00" },
		{ Variable: "$.early", [`Timestamp${relation}Path`]: "$.late" },
		{ Variable: "$.late", [`Timestamp${relation}Path`]: "$.early" },
	]),
	{ Variable: "$.yes", BooleanEquals: true },
	{ Variable: "$.no", BooleanEquals: true },
	{ Variable: "$.no", BooleanEqualsPath: "$.yes" },
	{ Variable: "$.nothing", BooleanEquals: false },
	{ Variable: "$.n", StringEquals: "5" },
	{ Variable: "$.file", StringMatches: "node-*.log*" },
	{ Variable: "$.file", StringMatches: "node-*.txt" },
	{ Variable: "$.gone", IsPresent: true },
	{ Not: { Variable: "$.gone", IsPresent: true } },
	{ Variable: "$.gone.deeper", IsPresent: true },
	{ Variable: "$.n", IsPresent: true },
	{ Variable: "$.nothing", IsPresent: true },
	{ Variable: "$.nothing", IsNull: true },
	{ Variable: "$.n", IsNull: true },
	{ Variable: "$.s", IsString: true },
	{ Variable: "$.n", IsNumeric: true },
	{ Variable: "$.no", IsBoolean: true },
	{ Variable: "$.late", IsTimestamp: true },
	{ Variable: "$.s", IsTimestamp: true },
	{ Variable: "$$.Execution.Name", StringEquals: "compared" },
	{
		And: [
			{ Variable: "$.n", NumericEquals: 5 },
			{ Variable: "$.s", StringEquals: "beta" },
		],
	},
	{
		And: [
			{ Variable: "$.n", NumericEquals: 5 },
			{ Variable: "$.s", StringEquals: "gamma" },
		],
	},
	{
		Or: [{ Variable: "$.n", NumericEquals: 6 }, { Not: { Variable: "$.yes", BooleanEquals: false } }],
	},
	{
		And: [
			{ Variable: "$.gone", IsPresent: true },
			{ Variable: "$.gone", NumericEquals: 1 },
		],
	},
	{
		Not: {
			Or: [
				{ Variable: "$.no", BooleanEquals: true },
				{ Variable: "$.nothing", IsNull: true },
			],
		},
	},
];

const several = {
	StartAt: "Choose",
	States: {
		Choose: {
			Type: "Choice",
			Choices: [
				{ Variable: "$.n", NumericGreaterThan: 8, Next: "First" },
				{ Variable: "$.n", NumericGreaterThan: 3, Next: "Second" },
				{ Variable: "$.n", NumericGreaterThan: 2, Next: "First" },
			],
		},
		First: { Type: "Succeed" },
		Second: { Type: "Succeed", OutputPath: "$.s" },
	},
};

/** Every comparison, matching and not. */
export const choiceCases: readonly ComparisonCase[] = [
	...tests.map((rule) => ({ name: `the rule ${JSON.stringify(rule)}`, definition: choose(rule), input, ends: "SUCCEEDED" })),
	{ name: "the first rule that matches wins", definition: several, input, ends: "SUCCEEDED" },
	{ name: "no rule matches and there is no Default", definition: several, input: { n: 1 }, ends: "States.NoChoiceMatched" },
	{
		name: "a comparison with what is not there",
		definition: choose({ Variable: "$.gone", NumericEquals: 1 }),
		input,
		ends: "States.Runtime",
	},
	{
		name: "a comparison path that leads nowhere",
		definition: choose({ Variable: "$.n", NumericEqualsPath: "$.gone" }),
		input,
		ends: "States.Runtime",
	},
];
