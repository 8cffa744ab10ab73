/**
 * The text, or as much of it as fits into so many UTF-16 code units, with an ellipsis. It is well-formed Unicode whatever
 * the text was: half of a character, as a cut leaves it, is not what a store of JSON has to take.
 */
export const shortened = (text: string, limit: number): string =>
	(text.length <= limit ? text : `${text.slice(0, limit - 1)}…`).toWellFormed();
