/** What the user typed, for the lines that we ask them to type. */
export type Typed = {
	readonly context: string;
	readonly kubeconfig?: string;
	/** The whole command again. */
	readonly again: string;
};

/** A word as a POSIX shell reads it. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export function typedBy(
	args: readonly string[],
	{ context, kubeconfig }: { readonly context: string; readonly kubeconfig?: string },
): Typed {
	return { context, again: ["npm start --", ...args.map(word)].join(" "), ...(kubeconfig !== undefined && { kubeconfig }) };
}

/** A kubectl command for the same cluster. */
export function kubectlLine({ context, kubeconfig }: Typed, args: readonly string[]): string {
	const where = kubeconfig === undefined ? ["--context", context] : ["--kubeconfig", kubeconfig, "--context", context];
	return ["kubectl", ...where, ...args].map(word).join(" ");
}
