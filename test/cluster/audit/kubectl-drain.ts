import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { kubeconfig } from "../plane/kubeconfig.ts";
import type { Plane } from "../plane/plane.ts";

/** The user under which `kubectl drain` is counted. */
export const KUBECTL_USER = "kubectl-drain";

export type KubectlDrain = {
	/** Null when a signal ended it. */
	readonly exitCode: number | null;
	/** Epoch milliseconds. */
	readonly beganAt: number;
	readonly endedAt: number;
	readonly stdout: string;
	readonly stderr: string;
};

/** Writes a kubeconfig for `kubectl drain` as a user of its own, with all rights, into the plane's folder; the answer is its path. */
export async function writeKubectlConfig(plane: Plane): Promise<string> {
	const path = join(plane.folder, `${KUBECTL_USER}.kubeconfig`);
	writeFileSync(path, kubeconfig(plane.url, plane.ca, await plane.identity(KUBECTL_USER, ["system:masters"])));
	return path;
}

/** Drains a node as an administrator would who must get every pod off it. */
export async function kubectlDrain(options: {
	/** The binary. */
	readonly kubectl: string;
	readonly kubeconfig: string;
	readonly node: string;
	readonly timeoutSeconds: number;
}): Promise<KubectlDrain> {
	const { kubectl, node, timeoutSeconds } = options;
	const args = [
		...["--kubeconfig", options.kubeconfig, "--cache-dir", `${options.kubeconfig}.cache`],
		...["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", `--timeout=${timeoutSeconds}s`],
	];
	const beganAt = Date.now();
	const child = spawn(kubectl, args, { stdio: ["ignore", "pipe", "pipe"] });
	let endedAt = Number.NaN;
	child.once("exit", () => {
		endedAt = Date.now();
	});
	try {
		const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
		return { exitCode: child.exitCode, beganAt, endedAt, stdout, stderr };
	} finally {
		child.kill("SIGKILL");
	}
}
