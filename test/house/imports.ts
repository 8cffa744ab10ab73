import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export type SourceFile = { readonly path: string; readonly text: string };
export type Import = {
	readonly from: string;
	readonly to: string;
	readonly typeOnly: boolean;
	/** As the module that is imported calls them; absent where it is imported whole. */
	readonly names?: readonly string[];
};

/** Every TypeScript file below these folders of the repository, with its path from the top. */
export function sourceFiles(top: string, folders: readonly string[]): SourceFile[] {
	return folders.flatMap((folder) =>
		readdirSync(join(top, folder), { recursive: true, encoding: "utf8" })
			.filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
			.sort()
			.map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(top, folder, name), "utf8") })),
	);
}

const statement = /^(?:import|export)\s+(type\s+)?(?:([^;"']*?)\sfrom\s+)?["']([^"']+)["']/gm;
const dynamic = /\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** What a file imports; relative paths are resolved from the top of the repository. */
export function importsOf({ path, text }: SourceFile): Import[] {
	const resolve = (to: string) => (to.startsWith(".") ? normalize(join(dirname(path), to)) : to);
	return [
		...[...text.matchAll(statement)].map(([, type, clause = "", to = ""]) => ({
			from: path,
			to: resolve(to),
			typeOnly: type !== undefined,
			...(!clause.includes("*") && { names: importedNames(clause) }),
		})),
		...[...text.matchAll(dynamic)].map(([, to = ""]) => ({ from: path, to: resolve(to), typeOnly: false })),
	];
}

function importedNames(clause: string): readonly string[] {
	const [byDefault = "", list = ""] = clause.split("{");
	return [...(byDefault.trim() === "" ? [] : ["default"]), ...namesIn(list.replace("}", ""), "inside")];
}

/** The names in the braces of an import or export, as the module that has them calls them, or whoever reads it from outside. */
export function namesIn(list: string, side: "inside" | "outside"): readonly string[] {
	return list.split(",").flatMap((item) => {
		const [inside, outside = inside] = item
			.trim()
			.replace(/^type\s+/, "")
			.split(/\s+as\s+/);
		const name = side === "inside" ? inside : outside;
		return name ? [name] : [];
	});
}
