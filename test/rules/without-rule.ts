const VARIABLE = "EVACUATOR_WITHOUT_RULE";

/** The rule that this process was told to do without. */
export const missingRule = (): string | undefined => process.env[VARIABLE];

/** How Node begins a process without this rule, or with the whole program: a rule is taken out of the source while it loads. */
export function processWithout(rule: string | undefined): { readonly execArgv: string[]; readonly env: NodeJS.ProcessEnv } {
	if (rule === undefined) return { execArgv: [], env: process.env };
	const preload = new URL("./take-out.ts", import.meta.url).href;
	return { execArgv: ["--import", preload], env: { ...process.env, [VARIABLE]: rule } };
}
