import * as z from "zod";
import { compileRule } from "./choice-rule.ts";
import { parseTimestamp } from "./comparisons.ts";
import {
	compiled,
	described,
	expression,
	onward,
	path,
	recovery,
	resultPath,
	seconds,
	shaping,
	template,
} from "./field-schema.ts";
import { DefinitionRefused } from "./states-faults.ts";

const task = z.strictObject({
	Type: z.literal("Task"),
	...described,
	...shaping,
	...onward,
	...recovery,
	Resource: z.string(),
	Parameters: template.optional(),
	ResultSelector: template.optional(),
	ResultPath: resultPath,
	TimeoutSeconds: seconds.optional(),
	TimeoutSecondsPath: path.optional(),
});

const pass = z.strictObject({
	Type: z.literal("Pass"),
	...described,
	...shaping,
	...onward,
	Parameters: template.optional(),
	Result: z.unknown().optional(),
	ResultPath: resultPath,
});

const wait = z.strictObject({
	Type: z.literal("Wait"),
	...described,
	...shaping,
	...onward,
	Seconds: z.int().nonnegative().max(99_999_999).optional(),
	SecondsPath: path.optional(),
	Timestamp: compiled(z.string(), (text) => timestamp(text)).optional(),
	TimestampPath: path.optional(),
});

function timestamp(text: string): number {
	const at = parseTimestamp(text);
	if (at === undefined) throw new DefinitionRefused(`cannot read time stamp "${text}": use the form 2026-01-31T12:00:00Z`);
	return at;
}

const rule = compiled(z.looseObject({ Next: z.string() }), ({ Next, ...test }) => ({ Next, applies: compileRule(test) }));

const choice = z.strictObject({
	Type: z.literal("Choice"),
	...described,
	...shaping,
	Choices: z.array(rule).min(1),
	Default: z.string().optional(),
});

const succeed = z.strictObject({ Type: z.literal("Succeed"), ...described, ...shaping });

const fail = z.strictObject({
	Type: z.literal("Fail"),
	...described,
	Error: z.string().optional(),
	ErrorPath: expression.optional(),
	Cause: z.string().optional(),
	CausePath: expression.optional(),
});

const flow = {
	Comment: z.string().optional(),
	StartAt: z.string(),
	States: z.lazy((): z.ZodType<Readonly<Record<string, State>>> => statesSchema),
};

const mapFields = {
	Type: z.literal("Map"),
	...described,
	...shaping,
	...onward,
	...recovery,
	ItemsPath: path.optional(),
	ItemSelector: template.optional(),
	Parameters: template.optional(),
	MaxConcurrency: z.int().nonnegative().optional(),
	ResultSelector: template.optional(),
	ResultPath: resultPath,
};
const mapWithoutFlow = z.strictObject(mapFields);
const map = z.strictObject({
	...mapFields,
	ItemProcessor: z
		.strictObject({ ...flow, ProcessorConfig: z.strictObject({ Mode: z.literal("INLINE") }).optional() })
		.optional(),
	Iterator: z.strictObject(flow).optional(),
});

const statesSchema: z.ZodType<Readonly<Record<string, State>>> = z.record(
	z.string().min(1).max(80),
	z.discriminatedUnion("Type", [task, pass, wait, choice, succeed, fail, map]),
);

/** A whole definition, with its paths, templates and rules compiled. */
export const definitionSchema = z.strictObject({
	Comment: z.string().optional(),
	QueryLanguage: z.literal("JSONPath").optional(),
	Version: z.literal("1.0").optional(),
	StartAt: z.string(),
	States: statesSchema,
	TimeoutSeconds: seconds.optional(),
});

/** A Task state. */
export type TaskState = z.output<typeof task>;
/** A Pass state. */
type PassState = z.output<typeof pass>;
/** A Wait state. */
export type WaitState = z.output<typeof wait>;
/** A Choice state. */
export type ChoiceState = z.output<typeof choice>;
/** A Succeed state. */
type SucceedState = z.output<typeof succeed>;
/** A Fail state. */
export type FailState = z.output<typeof fail>;
/** A Map state. */
export type MapState = z.output<typeof mapWithoutFlow> & { ItemProcessor?: Flow | undefined; Iterator?: Flow | undefined };
/** Any state, told apart by Type. */
export type State = TaskState | PassState | WaitState | ChoiceState | SucceedState | FailState | MapState;

/** States that lead into each other: the machine itself, or what a Map does with one item. */
export interface Flow {
	readonly StartAt: string;
	readonly States: Readonly<Record<string, State>>;
}
