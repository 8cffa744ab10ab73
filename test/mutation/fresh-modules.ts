import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

type FreshModules = {
	/** The next `load` of any file runs it, and all that it imports from below `top`, as if for the first time. */
	readonly startOver: () => void;
	readonly load: (path: string) => Promise<unknown>;
};

const withoutQuery = (url: string): string => url.replace(/\?.*/, "");

/**
 * Loads TypeScript below `top` more than once in this process, for a module that has been imported is never run again.
 * `standIns` are the URLs that are loaded in place of the packages of these names. To be called once in a process.
 */
export function freshModulesBelow(top: string, standIns: Readonly<Record<string, string>>): FreshModules {
	const below = pathToFileURL(`${top}/`).href;
	const isBelow = (url: string): boolean => url.startsWith(below) && !url.includes("/node_modules/");
	const sources = new Map<string, string>();
	let round = 0;

	registerHooks({
		resolve(specifier, context, next) {
			const standIn = standIns[specifier];
			if (standIn !== undefined) return { url: standIn, shortCircuit: true };
			const found = next(specifier, context);
			return isBelow(found.url) ? { ...found, url: `${withoutQuery(found.url)}?round=${round}` } : found;
		},
		load(url, context, next) {
			if (!isBelow(url)) return next(url, context);
			const path = fileURLToPath(withoutQuery(url));
			const source = sources.get(path) ?? stripTypeScriptTypes(readFileSync(path, "utf8"));
			sources.set(path, source);
			return { format: "module", source, shortCircuit: true };
		},
	});

	return {
		startOver() {
			round++;
		},
		load: (path) => import(pathToFileURL(path).href),
	};
}
