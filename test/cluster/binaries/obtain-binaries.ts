import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildBinaries } from "./build-binaries.ts";
import { inTurn } from "./build-turn.ts";
import { binariesFolder, cacheFolder } from "./cache-folder.ts";
import { findBinaries } from "./find-binaries.ts";
import { findGo } from "./go-command.ts";
import type { Binaries, KubevirtVersion } from "./parts.ts";

/** The programs of a control plane, or one line that says what to install or where to point. */
type Obtained = { readonly kind: "ready"; readonly binaries: Binaries } | { readonly kind: "refused"; readonly says: string };

type Obtaining = {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly tell: (line: string) => void;
	/** Ends a build. */
	readonly signal: AbortSignal;
};

/** From the folders that the environment names, from the cache, or built now; throws BuildFailed. */
export async function obtainBinaries(kubevirt: KubevirtVersion, { env, tell, signal }: Obtaining): Promise<Obtained> {
	const cache = cacheFolder(env);
	const places = { env, built: binariesFolder(cache) };
	const found = findBinaries(kubevirt, places);
	for (const remark of found.remarks) tell(remark);
	if (found.missing.length === 0) return { kind: "ready", binaries: found.binaries };
	const go = findGo(env);
	if (go.kind === "refused") return { kind: "refused", says: go.says };
	const waits = () => tell("waiting for another run, which is building the control plane");
	return inTurn("build", cache, waits, async () => {
		const { binaries, missing } = findBinaries(kubevirt, places);
		const work = join(cache, "go");
		if (missing.length > 0) await buildBinaries({ missing, built: places.built, work, env, tell, signal });
		else rmSync(work, { recursive: true, force: true });
		return { kind: "ready", binaries };
	});
}
