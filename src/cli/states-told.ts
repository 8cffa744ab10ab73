/** States of the definition that a reader of the design knows; the rest is how they are put together. */
export const statesTold: readonly string[] = [
	"Assess",
	"Cordon",
	"Admit",
	"Evict",
	"Watch",
	"Wait",
	"Release",
	"Hold",
	"Restore",
	"Done",
];
