import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../../../src/local/cluster/api/http-shell.ts";
import type { SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";
import { type Observer, observe } from "../../monitor/observer.ts";
import { writeAuditLog } from "./simulated-audit-log.ts";

/** A simulated cluster behind sockets, with an observer in front of it as in front of any other. */
export type ObservedCluster = {
	readonly observer: Observer;
	/** Nobody can connect, and every watch breaks. */
	unplug(): Promise<void>;
	plugIn(): Promise<void>;
	close(): Promise<void>;
};

/** On virtual time, call it in a thread: time stands still meanwhile. */
export async function observeSimulated(cluster: SimulatedCluster): Promise<ObservedCluster> {
	const folder = mkdtempSync(join(tmpdir(), "observed-"));
	const auditLog = join(folder, "audit.log");
	const writer = writeAuditLog(cluster, auditLog);
	let shell = await serve(cluster.handle);
	const { url } = shell;
	const observer = await observe({ url, token: cluster.users.adminToken, auditLog });
	const look: Observer["look"] = (patienceMs) => {
		writer.write();
		return observer.look(patienceMs);
	};
	return {
		observer: { ...observer, look },
		unplug: () => shell.close(),
		plugIn: async () => {
			shell = await serve(cluster.handle, { port: Number(new URL(url).port) });
		},
		close: async () => {
			observer.close();
			writer.stop();
			await shell.close();
			rmSync(folder, { recursive: true });
		},
	};
}
