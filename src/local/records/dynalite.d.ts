declare module "dynalite" {
	import type { Server } from "node:http";

	/** Milliseconds that a new table stays in CREATING. The store is in memory when `path` is left out. */
	const dynalite: (options?: { readonly createTableMs?: number; readonly path?: string }) => Server;
	// biome-ignore lint/style/noDefaultExport: the package exports the function itself
	export default dynalite;
}
