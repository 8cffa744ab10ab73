import { createInterface } from "node:readline";

/** `cannot ask`: nobody sits there. */
export type Answer = "yes" | "no" | "cannot ask";

export type Confirm = (question: string) => Promise<Answer>;

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Asks on a terminal; anything but y or yes, and the end of the input, is a no. */
export function confirmOn(input: Input, output: NodeJS.WritableStream): Confirm {
	return async (question) => {
		if (!input.isTTY) return "cannot ask";
		// Not as a terminal: then Ctrl-C stays a signal.
		const lines = createInterface({ input, output, terminal: false });
		try {
			return await new Promise<Answer>((resolve) => {
				lines.once("line", (line) => resolve(/^\s*y(es)?\s*$/i.test(line) ? "yes" : "no"));
				lines.once("close", () => resolve("no"));
				output.write(question);
			});
		} finally {
			lines.close();
		}
	};
}
