import * as z from "zod";
import { ClusterRefused, ClusterUnreachable } from "../../faults.ts";
import { faultOf, statusOf } from "./api-status.ts";
import { piecesOf, readWhole } from "./body.ts";
import type { ClusterApi } from "./cluster-api.ts";

/** `expired`: the API server no longer has the changes since then (410); list again. */
export type WatchEvent =
	| { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: unknown }
	| { readonly type: "expired" };

export type WatchRequest = {
	readonly path: string;
	readonly fieldSelector?: string;
	/** Of the list that the watch goes on from. */
	readonly resourceVersion: string;
	/** After which the server ends it. */
	readonly seconds: number;
	readonly signal: AbortSignal;
};

/** No object is larger: etcd takes 1.5 MiB. */
const LINE_LIMIT = 8 * 1024 * 1024;

/**
 * Opens a watch: settles with the answer's head, then gives its events until the server ends it or `signal` aborts. A
 * watch that breaks off throws ClusterUnreachable. client-node's own Watch hides a 410 and gives up after 30 quiet seconds.
 */
export async function openWatch(api: ClusterApi, request: WatchRequest): Promise<AsyncGenerator<WatchEvent>> {
	const url = new URL(`${api.server}${request.path}`);
	url.searchParams.set("watch", "true");
	url.searchParams.set("allowWatchBookmarks", "true");
	url.searchParams.set("resourceVersion", request.resourceVersion);
	url.searchParams.set("timeoutSeconds", String(request.seconds));
	if (request.fieldSelector) url.searchParams.set("fieldSelector", request.fieldSelector);
	const { signal } = request;
	const response = await api.exchange({ method: "GET", url: url.href, headers: { accept: "application/json" }, signal });
	if (response.status === 200) return eventsOf(response, request);
	const status = statusOf(response.status, await readWhole(response), Object.fromEntries(response.headers));
	if (status.code === 410) return expired();
	throw faultOf(status, `watch ${request.path}`);
}

async function* expired(): AsyncGenerator<WatchEvent> {
	yield { type: "expired" };
}

const line = z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]), object: z.unknown() });

async function* eventsOf(response: Response, { path, signal }: WatchRequest): AsyncGenerator<WatchEvent> {
	try {
		for await (const text of linesOf(response, path, signal)) {
			const { type, object } = eventOf(text, path);
			if (type === "BOOKMARK") continue;
			if (type !== "ERROR") {
				yield { type, object };
				continue;
			}
			const status = statusOf(codeOf(object), object);
			if (status.code !== 410) throw faultOf(status, `go on watching ${path}`);
			return yield { type: "expired" };
		}
	} catch (fault) {
		if (!signal.aborted) throw fault;
	}
}

function eventOf(text: string, path: string): z.output<typeof line> {
	try {
		return line.parse(JSON.parse(text));
	} catch (cause) {
		throw new ClusterRefused(`cannot read an event of the watch on ${path}`, { cause });
	}
}

const coded = z.object({ code: z.number() });

function codeOf(object: unknown): number {
	return coded.safeParse(object).data?.code ?? 500;
}

async function* linesOf(response: Response, path: string, signal: AbortSignal): AsyncGenerator<string> {
	let rest = "";
	for await (const piece of piecesOf(response, signal)) {
		const lines = `${rest}${piece}`.split("\n");
		rest = lines.pop() ?? "";
		if (rest.length > LINE_LIMIT) throw new ClusterRefused(`cannot read an event of more than ${LINE_LIMIT} characters`);
		for (const complete of lines) if (complete !== "") yield complete;
	}
	if (rest !== "") throw new ClusterUnreachable(`cannot go on watching ${path}: the answer was cut in the middle of an event`);
}
