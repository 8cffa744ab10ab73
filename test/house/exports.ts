import { importsOf, namesIn, type SourceFile } from "./imports.ts";

/** What Lambda, Stryker, and the tools that read a configuration ask for by its name. */
const entryPoints: readonly { readonly files: RegExp; readonly name: string }[] = [
	{ files: /^lambdas\//, name: "handler" },
	{ files: /^test\/mutation\//, name: "strykerPlugins" },
	{ files: /\.config\.ts$/, name: "default" },
];

const declared = /^export\s+(?:declare\s+|abstract\s+|async\s+)*(?:const|let|class|enum|function\*?|interface|type)\s+(\w+)/gm;
const listed = /^export\s+(?:type\s+)?\{([^}]*)\}/gm;
const byDefault = /^export\s+default\b/gm;

const isEntryPoint = ({ path }: SourceFile, name: string): boolean =>
	entryPoints.some((entry) => entry.name === name && entry.files.test(path));

/** The names under which a file exports something. */
function exportsOf({ text }: SourceFile): string[] {
	return [
		...[...text.matchAll(declared)].map(([, name = ""]) => name),
		...[...text.matchAll(listed)].flatMap(([, list = ""]) => namesIn(list, "outside")),
		...[...text.matchAll(byDefault)].map(() => "default"),
	];
}

/**
 * One sentence for each export that no other file imports. Where a file imports a module whole, every word in it counts as a
 * name that it imports.
 */
export function unimportedExports(files: readonly SourceFile[]): string[] {
	const wanted = new Set<string>();
	for (const file of files) {
		const words = new Set(file.text.match(/\w+/g));
		for (const { to, names } of importsOf(file)) for (const name of names ?? words) wanted.add(`${to}: ${name}`);
	}
	return files.flatMap((file) =>
		exportsOf(file)
			.filter((name) => !isEntryPoint(file, name) && !wanted.has(`${file.path}: ${name}`))
			.map((name) => `${file.path}: nobody imports ${name}`),
	);
}
