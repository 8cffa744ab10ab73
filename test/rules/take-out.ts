// Preloaded with `node --import`: serves the program without the rule that the environment names.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { takenOut } from "./rules.ts";
import { missingRule } from "./without-rule.ts";

const name = missingRule();
if (!name) throw new Error("cannot take out a rule: the environment names none");
const { edits } = takenOut(name);
const top = fileURLToPath(new URL("../..", import.meta.url));
const taken = new Set<string>();

registerHooks({
	load(url, context, next) {
		const loaded = next(url, context);
		const here = edits.filter(({ file }) => url.startsWith("file:") && fileURLToPath(url) === `${top}${file}`);
		if (here.length === 0) return loaded;
		let source = String(loaded.source);
		for (const { file, from, to } of here) {
			if (source.split(from).length !== 2)
				throw new Error(`cannot take out ${name}: ${file} does not hold exactly once: ${from}`);
			source = source.replace(from, () => to);
			taken.add(file);
		}
		return { ...loaded, source };
	},
});

process.on("exit", () => {
	const untouched = edits.filter(({ file }) => !taken.has(file));
	if (untouched.length > 0)
		console.error(`took nothing out of ${untouched.map(({ file }) => file).join(", ")}: it was never loaded`);
});
