import * as z from "zod";
import { ClusterRefused, ClusterUnreachable } from "../../faults.ts";
import { type ApiStatus, faultOf, statusOf } from "./api-status.ts";
import { piecesOf, readWhole } from "./body.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { WatchSilent } from "./send.ts";

/** `expired`: the API server no longer has the changes since then (410); list again. */
export type WatchEvent =
	| { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: unknown }
	| { readonly type: "expired" };

type WatchRequest = {
	readonly path: string;
	readonly fieldSelector?: string;
	/** Of the list that the watch goes on from. */
	readonly resourceVersion: string;
	/** After which it ends. */
	readonly seconds: number;
	readonly signal: AbortSignal;
};

/** No object is larger: etcd takes 1.5 MiB. */
const LINE_LIMIT = 8 * 1024 * 1024;

/**
 * Opens a watch: settles with the answer's head, then gives its events until the server ends it, `seconds` are over or
 * `signal` aborts. A watch that breaks off throws ClusterUnreachable. One that falls silent is opened again where it was:
 * a healthy server is silent about a resource at rest, a dead connection only the next request finds out.
 * client-node's own Watch hides a 410 and gives up after 30 quiet seconds.
 */
export async function openWatch(api: ClusterApi, request: WatchRequest): Promise<AsyncGenerator<WatchEvent>> {
	const endsAt = api.clock.now() + request.seconds * 1_000;
	const answer = await ask(api, request);
	if (answer instanceof Response) return eventsUntil(endsAt, answer, api, request);
	if (answer.code === 410) return expired();
	throw faultOf(answer, `watch ${request.path}`);
}

async function* expired(): AsyncGenerator<WatchEvent> {
	yield { type: "expired" };
}

/** The 200 whose body is the watch, or what the server said instead. */
async function ask(api: ClusterApi, request: WatchRequest, atRest = false): Promise<Response | ApiStatus> {
	const url = new URL(`${api.server}${request.path}`);
	url.searchParams.set("watch", "true");
	url.searchParams.set("allowWatchBookmarks", "true");
	url.searchParams.set("resourceVersion", request.resourceVersion);
	url.searchParams.set("timeoutSeconds", String(request.seconds));
	if (request.fieldSelector) url.searchParams.set("fieldSelector", request.fieldSelector);
	const { signal } = request;
	const headers = { accept: "application/json" };
	const response = await api.exchange({ method: "GET", url: url.href, headers, signal, atRest });
	if (response.status === 200) return response;
	return statusOf(response.status, await readWhole(response), Object.fromEntries(response.headers));
}

async function* eventsUntil(
	endsAt: number,
	opened: Response,
	api: ClusterApi,
	request: WatchRequest,
): AsyncGenerator<WatchEvent> {
	const from = { resourceVersion: request.resourceVersion };
	try {
		for (let response = opened; ; ) {
			const end = yield* eventsOf(response, request, from);
			const seconds = Math.ceil((endsAt - api.clock.now()) / 1_000);
			if (end === "over" || seconds <= 0) return;
			const answer = await ask(api, { ...request, ...from, seconds }, true);
			if (answer instanceof Response) response = answer;
			else if (answer.code === 410) return yield { type: "expired" };
			else throw notReopened(answer, request.path);
		}
	} catch (fault) {
		if (!request.signal.aborted) throw fault;
	}
}

/** A server that is overloaded or fails may answer the next look, which has the time to ask twice. */
function notReopened(status: ApiStatus, path: string): Error {
	const fault = faultOf(status, `open the watch on ${path} again`);
	return status.code === 429 || status.code >= 500 ? new ClusterUnreachable(fault.message) : fault;
}

/** The events of one answer; keeps in `from` where the next one would go on. `over`: there is nothing to go on with. */
async function* eventsOf(
	response: Response,
	{ path, signal }: WatchRequest,
	from: { resourceVersion: string },
): AsyncGenerator<WatchEvent, "over" | "silent"> {
	try {
		for await (const text of linesOf(response, path, signal)) {
			const { type, object } = eventOf(text, path);
			if (type === "ERROR") {
				const status = statusOf(codeOf(object), object);
				if (status.code !== 410) throw faultOf(status, `go on watching ${path}`);
				yield { type: "expired" };
				return "over";
			}
			from.resourceVersion = versionOf(object) ?? from.resourceVersion;
			if (type !== "BOOKMARK") yield { type, object };
		}
		return "over";
	} catch (fault) {
		if (fault instanceof ClusterUnreachable && fault.cause instanceof WatchSilent) return "silent";
		throw fault;
	}
}

const line = z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]), object: z.unknown() });

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

const versioned = z.object({ metadata: z.object({ resourceVersion: z.string().min(1) }) });

function versionOf(object: unknown): string | undefined {
	return versioned.safeParse(object).data?.metadata.resourceVersion;
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
