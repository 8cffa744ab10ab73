// Run by npm run build: bundles every function into dist/lambdas/<name>/index.mjs.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { functionNames } from "./function-names.ts";

const top = fileURLToPath(new URL("..", import.meta.url));
const dist = `${top}dist/lambdas`;

/**
 * The runtime has the SDK's clients, and only their own parts beside them: whatever else we import from the SDK's
 * scopes is bundled. https://github.com/aws/aws-sdk-js-v3/issues/6169
 */
const inRuntime = ["@aws-sdk/client-*"];

/** Modules of CommonJS that are bundled into an ES module call `require` for Node's own modules. */
const requireForBundled = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** client-node does not say that its modules can be left out when unused; its thousand models can. */
const leaveOutUnusedModels: Plugin = {
	name: "leave out unused models of @kubernetes/client-node",
	setup({ onResolve }) {
		const mark = (path: string) => ({ path, sideEffects: false });
		onResolve({ filter: /^@kubernetes\/client-node$/ }, ({ path }) => mark(fileURLToPath(import.meta.resolve(path))));
		onResolve({ filter: /^\.{1,2}\/.*\.js$/ }, ({ path, resolveDir }) =>
			resolveDir.includes("/@kubernetes/client-node/") ? mark(join(resolveDir, path)) : undefined,
		);
	},
};

/** Three quarters of a megabyte that only client-node's own HTTP calls; ours goes through the transport of the adapter. */
const leaveOutUndici: Plugin = {
	name: "leave out undici",
	setup({ onResolve, onLoad }) {
		const refusing = `
			const refuse = () => { throw new Error("cannot use the HTTP of @kubernetes/client-node: the bundle leaves undici out"); };
			export const fetch = refuse;
			export class Agent { constructor() { refuse(); } }
			export class ProxyAgent extends Agent {}
		`;
		onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: "left out", sideEffects: false }));
		onLoad({ filter: /./, namespace: "left out" }, () => ({ contents: refusing }));
	},
};

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
	absWorkingDir: top,
	entryPoints: functionNames.map((name) => ({ in: `lambdas/${name}.ts`, out: `${name}/index` })),
	outdir: dist,
	outExtension: { ".js": ".mjs" },
	bundle: true,
	minify: true,
	sourcemap: true,
	platform: "node",
	format: "esm",
	target: "node24",
	mainFields: ["module", "main"],
	external: inRuntime,
	banner: { js: requireForBundled },
	plugins: [leaveOutUnusedModels, leaveOutUndici],
	metafile: true,
	logLevel: "warning",
});
for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
	if (path.endsWith(".mjs")) console.log(`${path}  ${Math.ceil(bytes / 1024)} kB`);
}
