const ESCAPE = "\u001b[";

type Style = "bold" | "dim" | "red" | "green" | "yellow";

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** Emphasis for a terminal that shows it; text as it is for everything else. */
export type Paint = Readonly<Record<Style, (text: string) => string>>;

const painted =
	(style: Style) =>
	(text: string): string =>
		`${ESCAPE}${codes[style]}m${text}${ESCAPE}0m`;

const asIs = (text: string): string => text;

export const plain: Paint = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs };

export const coloured: Paint = {
	bold: painted("bold"),
	dim: painted("dim"),
	red: painted("red"),
	green: painted("green"),
	yellow: painted("yellow"),
};
