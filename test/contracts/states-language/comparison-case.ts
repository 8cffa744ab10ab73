import type { Callable } from "../../../src/local/workflow/load-definition.ts";

/** A definition that both interpreters run, and how it must end on both: `SUCCEEDED` or the error's name. */
export type ComparisonCase = {
	readonly name: string;
	readonly definition: unknown;
	readonly input: unknown;
	readonly ends: string;
	readonly tasks?: () => Readonly<Record<string, Callable>>;
};

/** The Resource under which the cases call a function. */
const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:111122223333:function:${name}:7`;

/** A machine of one state, which ends it. */
export const only = (state: object) => ({ StartAt: "Only", States: { Only: { ...state, End: true } } });

/** A Task on the function `f`. */
export const task = (rest: object) => ({ Type: "Task", Resource: functionArn("f"), TimeoutSeconds: 60, ...rest });

/** A function that throws these error names one after the other, then answers. */
export function script(errors: readonly string[], answer: unknown): () => Readonly<Record<string, Callable>> {
	return () => {
		const left = [...errors];
		return {
			[functionArn("f")]: async () => {
				const name = left.shift();
				if (name !== undefined) throw Object.assign(new Error(`did not ${name}`), { name });
				return answer;
			},
		};
	};
}

/** A function that answers its input. */
export const echo = () => ({ [functionArn("f")]: async (input: unknown) => ({ got: input }) });
