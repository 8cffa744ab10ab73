import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { AgentOptions } from "node:https";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { ClusterUnreachable } from "../../faults.ts";
import { type Send, WatchSilent } from "./send.ts";

export type HttpsSendOptions = {
	/** The API server's CA, a client certificate and its key, the name to verify. */
	readonly tls?: Pick<AgentOptions, "ca" | "cert" | "key" | "passphrase" | "servername" | "rejectUnauthorized">;
	/** For a whole answer, and for the head of a watch. KubeVirt's eviction webhook alone may take ten seconds. */
	readonly requestTimeoutMs?: number;
	/**
	 * After so long without a byte a watch breaks off with WatchSilent: a half-open connection looks like that, and so does a
	 * resource at rest. Of one that changes, if only beside our selection, a bookmark comes once a minute; it has to be newer
	 * than what the watch began from:
	 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go#L538
	 */
	readonly quietWatchMs?: number;
};

const REQUEST_TIMEOUT_MS = 12_000;
const QUIET_WATCH_MS = 75_000;
const SOCKETS = { keepAlive: true, maxSockets: 20, maxFreeSockets: 4 };
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Requests over kept-alive sockets. A request that gets no answer throws ClusterUnreachable; nothing is sent twice here.
 * client-node's own transport opens a connection for each request as soon as a CA is set.
 */
export function createHttpsSend(options: HttpsSendOptions = {}): Send {
	const { requestTimeoutMs = REQUEST_TIMEOUT_MS, quietWatchMs = QUIET_WATCH_MS } = options;
	const https = new HttpsAgent({ ...SOCKETS, ...options.tls });
	const http = new HttpAgent(SOCKETS);
	return async (request) => {
		const url = new URL(request.url);
		const body = request.body === null ? undefined : await request.text();
		const secure = url.protocol === "https:";
		const outgoing = (secure ? httpsRequest : httpRequest)(url, {
			agent: secure ? https : http,
			method: request.method,
			headers: { ...Object.fromEntries(request.headers), ...lengthOf(body) },
			signal: request.signal,
		});
		outgoing.end(body);
		return answerTo(outgoing, url, requestTimeoutMs, url.searchParams.has("watch") ? quietWatchMs : undefined);
	};
}

/**
 * Node frames the body of a DELETE only when it is told the length: without it the server takes the body for the beginning
 * of the next request. https://nodejs.org/api/http.html#httprequesturl-options-callback
 */
const lengthOf = (body: string | undefined) => (body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) });

/** `quietMs`: it is a watch, whose head has to come in time, and then something now and then. */
function answerTo(outgoing: ClientRequest, { host }: URL, wholeMs: number, quietMs?: number): Promise<Response> {
	return new Promise((resolve, reject) => {
		const late = setTimeout(() => giveUp(new Error(`no whole answer within ${wholeMs} ms`)), wholeMs);
		let body: IncomingMessage | undefined;
		const giveUp = (why: Error) => (body ?? outgoing).destroy(why);
		const fail = (cause: Error) => {
			clearTimeout(late);
			reject(new ClusterUnreachable(`cannot reach ${host}: ${cause.message}`, { cause }));
		};
		outgoing.on("error", fail);
		outgoing.on("response", (incoming) => {
			body = incoming;
			if (quietMs === undefined) incoming.once("close", () => clearTimeout(late));
			else clearTimeout(late);
			try {
				resolve(responseOf(incoming));
			} catch (cause) {
				incoming.destroy();
				fail(cause as Error);
			}
		});
		if (quietMs !== undefined) outgoing.setTimeout(quietMs, () => giveUp(new WatchSilent(`silent for ${quietMs} ms`)));
	});
}

function responseOf(incoming: IncomingMessage): Response {
	const headers = new Headers();
	for (const [name, values] of Object.entries(incoming.headersDistinct)) {
		for (const value of values ?? []) headers.append(name, value);
	}
	const status = incoming.statusCode ?? 0;
	if (WITHOUT_BODY.has(status)) {
		incoming.resume();
		return new Response(null, { status, headers });
	}
	return new Response(Readable.toWeb(incoming) as ReadableStream<Uint8Array>, { status, headers });
}
