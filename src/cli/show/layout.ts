/** Words to lines of at most `width` columns. A word that is longer is broken. */
export function wrapped(text: string, width: number): readonly string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(/\s+/).flatMap((one) => pieces(one, width))) {
		if (line !== "" && line.length + 1 + word.length > width) {
			lines.push(line);
			line = word;
		} else {
			line = line === "" ? word : `${line} ${word}`;
		}
	}
	return line === "" ? lines : [...lines, line];
}

/** The same, each line behind so many spaces; the whole is `width` columns wide. */
export const indented = (text: string, width: number, indent: number): readonly string[] =>
	wrapped(text, width - indent).map((line) => `${" ".repeat(indent)}${line}`);

/** At most `width` columns, with an ellipsis where something is missing. */
export const clipped = (text: string, width: number): string =>
	text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** A cell, and what makes it stand out once it has its width. */
export type Cell = { readonly text: string; readonly paint?: (text: string) => string };

/** One line: each cell as wide as its column, two spaces between them, the last as wide as what is left of `width`. */
export function row(cells: readonly Cell[], widths: readonly number[], width: number): string {
	let used = 0;
	const shown = cells.map(({ text, paint = (same) => same }, index) => {
		const isLast = index === cells.length - 1;
		const space = isLast ? Math.max(0, width - used) : (widths[index] ?? 0);
		used += space + 2;
		return paint(isLast ? clipped(text, space) : clipped(text, space).padEnd(space));
	});
	return shown.join("  ");
}

/** How wide each column has to be. */
export const widthsOf = (rows: readonly (readonly Cell[])[]): readonly number[] =>
	(rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.text.length ?? 0)));

const pieces = (word: string, width: number): readonly string[] =>
	word.length <= width ? [word] : (word.match(new RegExp(`.{1,${Math.max(1, width)}}`, "gu")) ?? [word]);

/** `4 min 3 s`. */
export function duration(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
	if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
	if (minutes === 0) return `${whole} s`;
	return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** A node's name without its domain. */
export const shortNode = (name: string): string => name.split(".")[0] ?? name;

/** `12 VMs`, `1 VM`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
