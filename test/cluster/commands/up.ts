import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Binaries, KubevirtVersion } from "../binaries/parts.ts";
import { openOuterEnd } from "../plane/bridge.ts";
import { type Run, runEnclosed } from "../plane/run-enclosed.ts";
import type { RunFolder } from "../plane/run-folder.ts";

type UpRun = Run & {
	readonly binaries: Binaries;
	readonly versions: { readonly kubernetes: string; readonly kubevirt: KubevirtVersion };
};

/** Leaves a control plane up until it is interrupted, which is how it ends well: 0. */
export async function up(run: UpRun): Promise<number> {
	const { binaries, versions, tell, signal } = run;
	signal.addEventListener("abort", () => tell("tearing down"));
	const code = await runEnclosed(run, {
		lane: 0,
		task: ({ socket }) => ({ binaries, versions, work: { kind: "up", socket } }),
		hear: ({ kind }, folder) => {
			if (kind === "up") void introduce(folder, run);
		},
	});
	if (!signal.aborted) return code;
	tell("gone: no process, no address and no file of it is left");
	return 0;
}

/** Opens the way in from here, and says how to use it. */
async function introduce({ plane, socket }: RunFolder, { binaries, versions, tell }: UpRun): Promise<void> {
	const { port } = await openOuterEnd(socket);
	const kubeconfig = join(dirname(plane), "kubeconfig");
	const inner = readFileSync(join(plane, "admin.kubeconfig"), "utf8");
	writeFileSync(kubeconfig, inner.replace(/https:\/\/127\.0\.0\.1:\d+/, `https://127.0.0.1:${port}`), { mode: 0o600 });
	tell(`
Kubernetes ${versions.kubernetes} with KubeVirt ${versions.kubevirt} is up at https://127.0.0.1:${port}. In another terminal:

  export KUBECONFIG=${kubeconfig}
  ${binaries.kubernetes.kubectl} get vmi -o wide
  npm start -- --context evacuator-test --node worker-1

Ctrl-C here tears it down.
`);
}
