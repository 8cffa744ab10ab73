// Run by hand when something has gone out to accounts: node test/deployments/freeze.ts NAME [CHECKOUT]
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { SynthesisedDefinition } from "../../infra/synthesised-definition.ts";

const [name, checkout = fileURLToPath(new URL("../..", import.meta.url))] = process.argv.slice(2);
if (name === undefined || !/^[\w.-]+$/.test(name)) throw new Error("cannot freeze without a name: give one, such as 2026-11-27");
const from = resolve(checkout);
const folder = fileURLToPath(new URL(`./${name}/`, import.meta.url));

const entry = `
	export { handler as intake } from "./lambdas/intake.ts";
	export { handler as assess } from "./lambdas/assess.ts";
	export { handler as cordon } from "./lambdas/cordon.ts";
	export { handler as evict } from "./lambdas/evict.ts";
	export { handler as watch } from "./lambdas/watch.ts";
	export { handler as release } from "./lambdas/release.ts";
	export { onGround } from "./lambdas/world.ts";
	export { createAwsClients } from "./src/adapters/aws/clients.ts";
	export { createInstances } from "./src/adapters/aws/instances.ts";
	export { createNotices } from "./src/adapters/aws/notices.ts";
	export { createRecords } from "./src/adapters/aws/records.ts";
	export { createWorkflow } from "./src/adapters/aws/workflow.ts";
	export { createCluster } from "./src/adapters/kubernetes/cluster.ts";
`;

mkdirSync(folder, { recursive: true });
await build({
	stdin: { contents: entry, resolveDir: from, loader: "ts" },
	outfile: join(folder, "functions.mjs"),
	bundle: true,
	minify: true,
	keepNames: true,
	platform: "node",
	format: "esm",
	target: "node24",
	packages: "external",
	logLevel: "warning",
});

const module = (await import(pathToFileURL(join(from, "infra/synthesised-definition.ts")).href)) as {
	readonly synthesiseDefinition: () => SynthesisedDefinition;
};
const { definition, functionOf, tableName, topicArn } = module.synthesiseDefinition();
const nameless = JSON.stringify(definition, (key, value: unknown) => {
	if (key === "Resource" && typeof value === "string") return functionOf(value) ? `function:${functionOf(value)}` : value;
	return value === tableName ? "table" : value === topicArn ? "topic" : value;
});
writeFileSync(join(folder, "definition.json"), `${nameless}\n`);
