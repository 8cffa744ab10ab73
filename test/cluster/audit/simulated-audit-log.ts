import { appendFileSync, writeFileSync } from "node:fs";
import { readApiRequest } from "../../../src/local/cluster/api/api-request.ts";
import type { AuditEntry, SimulatedCluster } from "../../../src/local/cluster/simulated-cluster.ts";

const EVERY_MS = 20;

/** Writes what a simulated cluster was asked to a file, as a real API server writes its log of metadata; the answer ends it. */
export function writeAuditLog({ audit }: Pick<SimulatedCluster, "audit">, path: string): { write(): void; stop(): void } {
	writeFileSync(path, "");
	let written = 0;
	const write = (): void => {
		const lines = audit.slice(written).map((entry, at) => `${JSON.stringify(eventOf(entry, written + at))}\n`);
		written = audit.length;
		appendFileSync(path, lines.join(""));
	};
	const timer = setInterval(write, EVERY_MS);
	return {
		write,
		stop: () => {
			clearInterval(timer);
			write();
		},
	};
}

const methods = { get: "GET", list: "GET", watch: "GET", create: "POST", update: "PUT", patch: "PATCH", delete: "DELETE" };

function eventOf({ at, verb, path, query, user, code }: AuditEntry, number: number): unknown {
	const uri = Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query)}`;
	const method = verb === "deletecollection" ? "DELETE" : methods[verb];
	const { resource, subresource, namespace, name } = readApiRequest(method, new URL(uri, "http://cluster.example"), at);
	const objectRef = {
		...(resource && { resource }),
		...(subresource && { subresource }),
		...(namespace && { namespace }),
		...(name && { name }),
	};
	const time = new Date(at).toISOString().replace("Z", "000Z");
	return {
		kind: "Event",
		apiVersion: "audit.k8s.io/v1",
		level: "Metadata",
		auditID: `request-${number}`,
		stage: "ResponseComplete",
		requestURI: uri,
		verb,
		user: { username: user },
		...(resource && { objectRef }),
		responseStatus: { code },
		requestReceivedTimestamp: time,
		stageTimestamp: time,
	};
}
