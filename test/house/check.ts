// Run by `npm run check`: the rules of the house that no type and no linter knows.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wrongDirections } from "./directions.ts";
import { unimportedExports } from "./exports.ts";
import { sourceFiles } from "./imports.ts";
import { type LockFile, missingEntries } from "./lock-file.ts";
import { secretClocks } from "./time.ts";

const top = fileURLToPath(new URL("../..", import.meta.url));
const files = sourceFiles(top, ["src", "lambdas", "infra", "test"]);
const lockText = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");

const rules: readonly { readonly name: string; readonly broken: readonly string[] }[] = [
	{ name: "dependencies point inward", broken: wrongDirections(files) },
	{ name: "every export is imported somewhere", broken: unimportedExports(files) },
	{ name: "only the clocks and the transport know the time", broken: secretClocks(files) },
	{
		name: "the lock file is complete (npm run lock mends it)",
		broken: missingEntries(JSON.parse(lockText) as LockFile).map(({ path, wantedBy }) => `${path}: wanted by ${wantedBy}`),
	},
	{
		name: "the lock file names no registry",
		broken: lockText.includes('"resolved"') ? ["package-lock.json: has resolved addresses"] : [],
	},
];

for (const { name, broken } of rules) {
	console.log(`${broken.length === 0 ? "ok  " : "FAIL"}  ${name}`);
	for (const line of broken) console.log(`      ${line}`);
}
if (rules.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
