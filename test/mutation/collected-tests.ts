// Stands in for `@jest/globals` while mutants run: tests are collected instead of run, so that one loading serves many mutants.
import { bind } from "jest-each";

export { expect } from "expect";

export type CollectedTest = { readonly id: string; readonly fileName: string; readonly run: () => unknown };

let collected: CollectedTest[] = [];
let fileName = "";
let titles: readonly string[] = [];

const addTest = (title: string, run: () => unknown): void => {
	const names = [fileName, ...titles, title].join(" › ");
	const twins = collected.filter(({ id }) => id === names || id.startsWith(`${names} #`)).length;
	collected.push({ id: twins === 0 ? names : `${names} #${twins + 1}`, fileName, run });
};

const addGroup = (title: string, body: () => void): void => {
	const outer = titles;
	titles = [...outer, title];
	body();
	titles = outer;
};

type Each = Parameters<typeof bind>[0];

export const it = Object.assign(addTest, { each: bind(addTest as Each, false) });
export const describe = Object.assign(addGroup, { each: bind(addGroup as Each, false) });

/** The tests of these files; `load` imports one. What a file throws on its way is thrown on. */
export async function collectTests(
	fileNames: readonly string[],
	load: (fileName: string) => Promise<unknown>,
): Promise<readonly CollectedTest[]> {
	collected = [];
	titles = [];
	for (const name of fileNames) {
		fileName = name;
		await load(name);
	}
	return collected;
}
