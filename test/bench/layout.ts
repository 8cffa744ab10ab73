type Cell = string | number | undefined;

export const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;

/** Cells under one another: the first column to the left, numbers to the right. */
export function columns(table: readonly (readonly Cell[])[]): readonly string[] {
	const texts = table.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : (cell ?? ""))));
	const widths = texts.reduce<number[]>((known, row) => row.map((text, at) => Math.max(known[at] ?? 0, text.length)), []);
	const isNumber = widths.map((_, at) => table.some((row) => typeof row[at] === "number"));
	const padded = (text: string, at: number) =>
		isNumber[at] === true ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
	return texts.map((row) => `  ${row.map(padded).join("   ")}`.trimEnd());
}

/** `smallest / median / largest`. */
export function spread(numbers: readonly number[]): string {
	const sorted = numbers.toSorted((a, b) => a - b);
	return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].join(" / ");
}
