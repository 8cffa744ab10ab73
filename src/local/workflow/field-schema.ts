import * as z from "zod";
import { parsePath, parseReferencePath } from "./path.ts";
import { compileExpression, compileTemplate } from "./payload-template.ts";
import { DefinitionRefused } from "./states-faults.ts";

/** A value that `compile` understands; what it throws becomes an issue at its place in the definition. */
export function compiled<In, Out>(from: z.ZodType<In>, compile: (raw: In) => Out) {
	return from.transform((raw, context): Out => {
		try {
			return compile(raw);
		} catch (fault) {
			if (!(fault instanceof DefinitionRefused)) throw fault;
			context.addIssue({ code: "custom", message: fault.message });
			return z.NEVER;
		}
	});
}

/** Names and indexes below `$` or `$$`. */
export const path = compiled(z.string(), parsePath);
/** A path or an intrinsic call. */
export const expression = compiled(z.string(), compileExpression);
/** Where a result goes; null throws it away. */
export const resultPath = compiled(z.string(), parseReferencePath).nullable().optional();
/** Parameters, ResultSelector and ItemSelector. */
export const template = compiled(z.unknown(), compileTemplate);
/** A length of time as Step Functions allows it. */
export const seconds = z.int().positive().max(99_999_999);

/** What every state but Fail has. */
export const shaping = { InputPath: path.nullable().optional(), OutputPath: path.nullable().optional() };
/** What every state has. */
export const described = { Comment: z.string().optional(), QueryLanguage: z.literal("JSONPath").optional() };
/** What every state has that another one can follow. */
export const onward = { Next: z.string().optional(), End: z.literal(true).optional() };

const errorNames = z.array(z.string().min(1)).min(1);

/** JitterStrategy FULL is refused: Step Functions draws lots, and a trace has to be the same every time. */
const retrier = z.strictObject({
	Comment: z.string().optional(),
	ErrorEquals: errorNames,
	IntervalSeconds: seconds.default(1),
	MaxAttempts: z.int().nonnegative().max(99_999_999).default(3),
	BackoffRate: z.number().min(1).default(2),
	MaxDelaySeconds: seconds.optional(),
	JitterStrategy: z.literal("NONE").optional(),
});

const catcher = z.strictObject({
	Comment: z.string().optional(),
	ErrorEquals: errorNames,
	Next: z.string(),
	ResultPath: resultPath,
});

/** States.ALL stands alone, in the last entry. */
function standsLast(entries: readonly { readonly ErrorEquals: readonly string[] }[]): boolean {
	return entries.every(
		({ ErrorEquals }, i) => !ErrorEquals.includes("States.ALL") || (ErrorEquals.length === 1 && i === entries.length - 1),
	);
}

const wildcardLast = "States.ALL must stand alone and last";
/** What Task and Map have. */
export const recovery = {
	Retry: z.array(retrier).refine(standsLast, wildcardLast).optional(),
	Catch: z.array(catcher).refine(standsLast, wildcardLast).optional(),
};

/** One entry of Retry, with its defaults filled in. */
export type Retrier = z.output<typeof retrier>;
/** One entry of Catch. */
export type Catcher = z.output<typeof catcher>;
