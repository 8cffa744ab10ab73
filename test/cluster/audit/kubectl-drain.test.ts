import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { kubectlDrain } from "./kubectl-drain.ts";

const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in place of kubectl, which no machine needs for this. */
function program(script: string): string {
	const path = join(folder, "kubectl");
	writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
	return path;
}

describe("kubectl drain", () => {
	it("is run as an administrator would who wants every pod gone, and its end is told", async () => {
		const kubectl = program(`echo "$@"; echo "There are pending pods" >&2; exit 1`);
		const before = Date.now();
		const ended = await kubectlDrain({ kubectl, kubeconfig: "/k", node: "n1", timeoutSeconds: 60 });
		expect(ended).toEqual({
			exitCode: 1,
			beganAt: expect.any(Number),
			endedAt: expect.any(Number),
			stdout: "--kubeconfig /k --cache-dir /k.cache drain n1 --ignore-daemonsets --delete-emptydir-data --force --timeout=60s\n",
			stderr: "There are pending pods\n",
		});
		expect([before <= ended.beganAt, ended.beganAt <= ended.endedAt, ended.endedAt <= Date.now()]).toEqual([true, true, true]);
	});

	it("that cannot be started is a fault", async () => {
		const missing = join(folder, "none");
		await expect(kubectlDrain({ kubectl: missing, kubeconfig: "/k", node: "n1", timeoutSeconds: 60 })).rejects.toThrow("ENOENT");
	});
});
