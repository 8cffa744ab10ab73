import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { showCluster } from "./plane/cluster-to-try.ts";
import { insideEnclosure } from "./plane/enclosure.ts";
import { furnishNamespace } from "./plane/find-ground.ts";
import type { SuiteOptions, Task } from "./task.ts";

const { task, tell, ending } = insideEnclosure<Task>();
const INTERRUPTED = 130;
const line = (text: string) => void tell({ kind: "line", text });
const interrupted = new Promise<number>((resolve) => ending.addEventListener("abort", () => resolve(INTERRUPTED)));

// All that was started ends with this process: it is the first one of its namespace, or leads the group that is killed.
const code = await Promise.race([attempt(), interrupted]);
// The other side clears up too, unless it has been killed: keys and tokens first, then the group that this process leads.
if (ending.aborted) {
	const beside = ["api", "kubeconfig"].map((name) => join(dirname(task.folder), name));
	for (const path of [task.folder, ...beside]) rmSync(path, { recursive: true, force: true });
}
if (ending.aborted && task.ground === "loopback") process.kill(-process.pid, "SIGKILL");
process.exit(code);

async function attempt(): Promise<number> {
	try {
		if (task.ground === "namespace") furnishNamespace();
		return await work();
	} catch (fault) {
		process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : fault}\n`);
		return 1;
	}
}

async function work(): Promise<number> {
	const { work, ground: _, ...settings } = task;
	if (work.kind === "up") {
		await showCluster({ ...settings, socket: work.socket, tell: line });
		await tell({ kind: "up" });
		return interrupted;
	}
	const { kind: __, ...share } = work;
	const { runSuite }: Suite = await import("./suite/run-suite.ts");
	return runSuite({ ...settings, ...share, tell: line, count: (tally) => void tell({ kind: "tally", ...tally }) });
}

type Suite = { runSuite(options: SuiteOptions): Promise<number> };
