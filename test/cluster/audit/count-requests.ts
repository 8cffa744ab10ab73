import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { columns, lines } from "../../bench/layout.ts";
import { type AuditEvent, auditEventOf, userOf } from "../../monitor/observer-audit-log.ts";

type RequestRow = {
	readonly verb: string;
	/** `pods/eviction`; the path of what is no resource. */
	readonly resource: string;
	readonly code: number;
	readonly count: number;
};

/** What somebody asked of an API server; refusals, reads and watches too, a watch once. */
export type RequestCounts = {
	/** Most frequent first. */
	readonly rows: readonly RequestRow[];
	readonly requests: number;
	/** Eviction POSTs, dry runs too. */
	readonly evictions: number;
	/** Of these, answered with 429. */
	readonly refusedEvictions: number;
};

/** Epoch milliseconds between which a request came in. */
type Span = { readonly from: number; readonly until: number };

const always: Span = { from: 0, until: Number.POSITIVE_INFINITY };

/** Counts the requests of those users from an audit log: JSON lines that hold all requests at the level Metadata or more. */
export async function countRequests(
	auditLog: string,
	isCounted: (user: string) => boolean,
	span: Span = always,
): Promise<RequestCounts> {
	const last = new Map<string, AuditEvent>();
	for await (const line of createInterface({ input: createReadStream(auditLog), crlfDelay: Number.POSITIVE_INFINITY })) {
		const event = auditEventOf(line);
		if (event !== undefined && event.stage !== "RequestReceived" && isCounted(userOf(event)) && isWithin(event, span))
			last.set(event.auditID, event);
	}
	return countsOf([...last.values()]);
}

function isWithin({ requestReceivedTimestamp }: AuditEvent, { from, until }: Span): boolean {
	const at = Date.parse(requestReceivedTimestamp);
	return at >= from && at <= until;
}

function countsOf(events: readonly AuditEvent[]): RequestCounts {
	const rows = new Map<string, RequestRow>();
	for (const event of events) {
		const row = rowOf(event);
		const key = `${row.verb} ${row.resource} ${row.code}`;
		rows.set(key, { ...row, count: (rows.get(key)?.count ?? 0) + 1 });
	}
	const sorted = [...rows.values()].sort((a, b) => b.count - a.count || (kindOf(a) < kindOf(b) ? -1 : 1));
	const evictions = sorted.filter(({ resource, verb }) => resource === "pods/eviction" && verb === "create");
	return {
		rows: sorted,
		requests: events.length,
		evictions: sum(evictions),
		refusedEvictions: sum(evictions.filter(({ code }) => code === 429)),
	};
}

function rowOf({ verb, objectRef, requestURI, responseStatus }: AuditEvent): Omit<RequestRow, "count"> {
	const { resource, subresource } = objectRef ?? {};
	const path = requestURI.split("?")[0] ?? "";
	const named = resource === undefined ? path : subresource === undefined ? resource : `${resource}/${subresource}`;
	return { verb, resource: named, code: responseStatus?.code ?? 0 };
}

const kindOf = ({ verb, resource, code }: Omit<RequestRow, "count">): string => `${verb} ${resource} ${code}`;
const sum = (rows: readonly RequestRow[]): number => rows.reduce((all, { count }) => all + count, 0);

/** The requests of two programs for the same drain beside each other, a line for each kind. */
export function printColumns(ours: RequestCounts, kubectl: RequestCounts): string {
	const countIn = (counts: RequestCounts, kind: string) => counts.rows.find((row) => kindOf(row) === kind)?.count ?? 0;
	const kinds = [...new Map([...ours.rows, ...kubectl.rows].map((row) => [kindOf(row), row])).entries()];
	return lines(
		columns([
			["verb", "resource", "code", "Evacuator", "kubectl drain"],
			...kinds.map(([kind, { verb, resource, code }]) => [
				verb,
				resource,
				String(code),
				countIn(ours, kind),
				countIn(kubectl, kind),
			]),
			["all requests", "", "", ours.requests, kubectl.requests],
			["eviction POSTs", "", "", ours.evictions, kubectl.evictions],
			["  of these refused (429)", "", "", ours.refusedEvictions, kubectl.refusedEvictions],
		]),
	);
}
